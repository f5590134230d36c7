/**
 * A thread of ours that measures on one CPU at a time. It pins itself: sched_setaffinity(0) inside a Worker moves that
 * thread alone. Jobs run one after another; between them it sleeps.
 */
import type { Worker } from 'node:worker_threads';
import { KeelError } from '../../base/errors.ts';
import { startWorker } from '../../native/start-worker.ts';

/** Where a job runs and where the memory it touches first comes from. */
export interface Place {
  readonly cpu: number;
  /** null: wherever the kernel takes it from, which is the CPU's own node as long as it has room. */
  readonly node: number | null;
}

export interface Request {
  readonly experiment: string;
  readonly place: Place;
  readonly job: unknown;
}

/** How far the thread had its CPU while it worked. */
export interface Usage {
  readonly wallNs: number;
  readonly cpuNs: number;
  /** Times that it was taken off the CPU though it wanted to go on. */
  readonly involuntarySwitches: number;
}

export interface Done<Answer> {
  readonly answer: Answer;
  readonly usage: Usage;
}

export type Reply =
  | { readonly kind: 'done'; readonly answer: unknown; readonly usage: Usage }
  | { readonly kind: 'refused'; readonly what: string; readonly errnoName: string | null };

export class PinnedWorker {
  readonly #experiment: string;
  readonly #worker: Worker;
  #settle: { readonly resolve: (reply: Reply) => void; readonly reject: (error: unknown) => void } | null =
    null;

  /** @param signal ends the Worker, also in the middle of a job, which is then rejected with E_INTERRUPTED */
  constructor(experiment: string, signal: AbortSignal) {
    this.#experiment = experiment;
    this.#worker = startWorker('bench-worker', new URL('./worker.ts', import.meta.url));
    this.#worker.on('message', (reply: Reply) => this.#settle?.resolve(reply));
    this.#worker.on('error', (error) => this.#settle?.reject(error));
    this.#worker.on('exit', () => this.#settle?.reject(interrupted()));
    const stop = () => void this.#worker.terminate();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    this.#worker.once('exit', () => signal.removeEventListener('abort', stop));
  }

  /** @throws KeelError E_CONFLICT where the kernel does not let it run or allocate there; E_INTERRUPTED */
  async run<Answer>(place: Place, job: unknown): Promise<Done<Answer>> {
    const request: Request = { experiment: this.#experiment, place, job };
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#worker.postMessage(request);
    }).finally(() => {
      this.#settle = null;
    });
    if (reply.kind === 'refused') throw refused(place, reply);
    return { answer: reply.answer as Answer, usage: reply.usage };
  }

  /** Its memory goes with it. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

type Workers<N extends number> = N extends 1
  ? readonly [PinnedWorker]
  : N extends 2
    ? readonly [PinnedWorker, PinnedWorker]
    : readonly PinnedWorker[];

/** Runs `work` with so many Workers, and ends them however that goes. */
export async function withWorkers<T, N extends number>(
  count: N,
  start: () => PinnedWorker,
  work: (workers: Workers<N>) => Promise<T>,
): Promise<T> {
  const workers = Array.from({ length: count }, start);
  try {
    return await work(workers as unknown as Workers<N>);
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
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

function refused({ cpu, node }: Place, { what, errnoName }: Extract<Reply, { kind: 'refused' }>): KeelError {
  const where = node === null ? `CPU ${cpu}` : `CPU ${cpu}, node ${node}`;
  return new KeelError(errnoName === null ? 'E_INTERNAL' : 'E_CONFLICT', {
    what: {
      en: `cannot measure on ${where}: ${what}`,
      ko: `${where}에서 측정할 수 없습니다: ${what}`,
    },
    next: [
      {
        en: 'CPUs and nodes that this process may use: keel check self',
        ko: '이 프로세스가 쓸 수 있는 CPU와 노드: keel check self',
      },
    ],
  });
}

/** The share of the time, 0 to 1, in which threads that wanted to measure had their CPU taken. */
export function takenRatio(usages: readonly Usage[]): number {
  const sum = (pick: (usage: Usage) => number) => usages.reduce((total, usage) => total + pick(usage), 0);
  const wallNs = sum((usage) => usage.wallNs);
  return wallNs === 0 ? 0 : Math.max(0, 1 - sum((usage) => usage.cpuNs) / wallNs);
}
