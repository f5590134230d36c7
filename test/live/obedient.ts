/** Starts fixtures/programs/obedient.py: a process that does what a test tells it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/obedient.py');

export interface Obedient {
  readonly pid: number;
  /** The answer to one command, such as `tell('threads', ['a', 'b'])`. */
  readonly tell: (command: string, ...args: unknown[]) => Promise<unknown>;
  /** Kills it, and waits until it has ended. */
  readonly end: () => Promise<void>;
}

/** Why it cannot be started; null where it can. */
export const NO_PYTHON: string | null =
  spawnSync('python3', ['-c', '']).status === 0 ? null : 'python3 is not installed';

export async function startObedient(): Promise<Obedient> {
  const child: ChildProcess = spawn('python3', [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('no pipes');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const answer = async () => JSON.parse((await lines.next()).value as string) as unknown;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: (await answer()) as number,
    tell(command, ...args) {
      stdin.write(`${JSON.stringify([command, ...args])}\n`);
      return answer();
    },
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
