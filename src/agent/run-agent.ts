/** The agent as a stream: what it has to say, and what its sink for standard output prints, in the order of time. */
import type { Clock } from '../app/clock.ts';
import { serviceManager } from '../app/service-manager.ts';
import type { Host } from '../host/host.ts';
import { Agent } from './agent.ts';
import { realOutside } from './delivery/outside.ts';
import type { AgentEvent } from './events.ts';
import { loadConfig, needConfig } from './load-config.ts';

export type AgentOutput =
  | { readonly kind: 'event'; readonly event: AgentEvent }
  | { readonly kind: 'printed'; readonly line: string };

export interface RunRequest {
  readonly host: Host;
  readonly clock: Clock;
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly onHangup: (listener: () => void) => void;
}

/** @throws KeelError E_IO, E_FORMAT before anything runs; E_CONFLICT where its port is taken */
export async function* runAgent(request: RunRequest): AsyncGenerator<AgentOutput> {
  const { host, clock, path, env, signal } = request;
  const outputs = new OutputQueue();
  const agent = new Agent({
    host,
    clock,
    random: Math.random,
    config: needConfig(path, host, env),
    reload: () => loadConfig(path, host, env),
    outside: realOutside((line) => outputs.push({ kind: 'printed', line })),
    service: serviceManager(env, process.pid),
    version: request.version,
    tell: (event) => outputs.push({ kind: 'event', event }),
  });
  request.onHangup(() => agent.askReload());
  const done = agent.run(signal).finally(() => outputs.end());
  // Its error is awaited below, when all that it said before is out.
  done.catch(() => {});
  yield* outputs;
  await done;
}

class OutputQueue implements AsyncIterable<AgentOutput> {
  #waiting: AgentOutput[] = [];
  #isOver = false;
  #wake: () => void = () => {};

  push(output: AgentOutput): void {
    this.#waiting.push(output);
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AgentOutput> {
    for (;;) {
      const waiting = this.#waiting;
      this.#waiting = [];
      yield* waiting;
      if (this.#waiting.length > 0) continue;
      if (this.#isOver) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
