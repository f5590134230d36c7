/**
 * A process of ours in which something is shown that would change keel itself, such as locking all of its memory. It does
 * one step at a time, so that it can be looked at from outside in between.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { KeelError } from '../../base/errors.ts';
import type { StageReply, StageRequest, StepAnswers, StepName } from './stage-steps.ts';

/** In the bundle a file of its own, see tsdown.config.ts; from the sources (tests) behind a loader. */
const PROGRAM = import.meta.url.endsWith('.ts') ? './stage-from-source.mjs' : './bench-stage.js';

/**
 * V8 ends the process where the kernel does not let it give back memory, and of a locked heap it does not. So nothing is
 * collected while all is locked.
 */
const QUIET_HEAP = [
  '--expose-gc',
  '--single-threaded-gc',
  '--no-incremental-marking',
  '--no-memory-reducer',
  '--min-semi-space-size=8',
];

export class StageProcess {
  readonly #child: ChildProcess;
  #settle: {
    readonly resolve: (reply: StageReply) => void;
    readonly reject: (error: unknown) => void;
  } | null = null;

  /** @param signal ends it, also in the middle of a step, which is then rejected with E_INTERRUPTED */
  constructor(signal: AbortSignal) {
    this.#child = fork(new URL(PROGRAM, import.meta.url), {
      execArgv: QUIET_HEAP,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (reply) => this.#settle?.resolve(reply as StageReply));
    this.#child.on('error', (error) => this.#settle?.reject(error));
    this.#child.on('exit', (code, name) =>
      this.#settle?.reject(signal.aborted ? interrupted() : ended(name ?? code)),
    );
    const stop = () => void this.#child.kill('SIGKILL');
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    this.#child.once('exit', () => signal.removeEventListener('abort', stop));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** @throws KeelError E_INTERRUPTED; E_INTERNAL where it ended on its own */
  async do<Name extends StepName>(step: Name, job: StageRequest['job'] = null): Promise<StepAnswers[Name]> {
    const reply = await new Promise<StageReply>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#child.send({ step, job } satisfies StageRequest);
    }).finally(() => {
      this.#settle = null;
    });
    if (reply.kind === 'failed') throw new KeelError('E_CONFLICT', { what: failed(step, reply.what) });
    return reply.answer as StepAnswers[Name];
  }

  /** Its memory and its children go with it. */
  end(): void {
    this.#child.kill('SIGKILL');
  }
}

function interrupted(): KeelError {
  return new KeelError('E_INTERRUPTED', {
    what: {
      en: 'interrupted; what was measured so far is too little to say',
      ko: '중단되었습니다. 그때까지의 측정으로는 말할 수 있는 것이 없습니다',
    },
  });
}

/** By the kernel for want of memory, most likely. */
function ended(how: string | number | null): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: `the process of the experiment ended before its time (${how}); memory may have been short`,
      ko: `실험 프로세스가 도중에 끝났습니다(${how}). 메모리가 부족했을 수 있습니다`,
    },
    next: [{ en: 'Smaller: --size 8MiB', ko: '더 작게: --size 8MiB' }],
  });
}

function failed(step: string, what: string) {
  return {
    en: `the experiment cannot be shown here: ${step}: ${what}`,
    ko: `여기서는 이 실험을 할 수 없습니다: ${step}: ${what}`,
  };
}
