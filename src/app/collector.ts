/** Collects raw records in a thread of its own, so that neither the analysis nor the terminal keeps rings from being emptied. */
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { KeelError } from '../base/errors.ts';
import { startWorker } from '../native/start-worker.ts';
import type { SpottedProcess } from '../perf/process-spotter.ts';
import { type CollectorMessage, type CollectorPlan, STOP } from './collecting.ts';
import { Spool } from './spool.ts';

export class Collector {
  readonly #worker: Worker;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #broken = new AbortController();
  readonly #spool: Promise<Spool>;
  #isStarted = false;
  #onProcesses: (processes: readonly SpottedProcess[]) => void = () => {};

  /** Starts the thread, which takes some 50 ms; meanwhile events can be opened. */
  constructor() {
    // Node.js would close the file of the spool when the thread ends.
    const options = { workerData: this.#stop.buffer, trackUnmanagedFds: false };
    this.#worker = startWorker(
      'collector-worker',
      new URL('./collector-worker.ts', import.meta.url),
      options,
    );
    this.#spool = this.#result();
    // Whoever waits for it is told; if nobody does, it is no accident.
    this.#spool.catch(() => this.#broken.abort());
  }

  /**
   * Resolves when it looks at the rings, before anything is enabled.
   * @throws KeelError E_IO, E_INTERNAL where the thread cannot work
   */
  async start(
    plan: CollectorPlan,
    onProcesses: (processes: readonly SpottedProcess[]) => void,
  ): Promise<void> {
    this.#onProcesses = onProcesses;
    this.#isStarted = true;
    const ready = once(this.#worker, 'message');
    this.#worker.postMessage(plan);
    await Promise.race([ready, this.#spool]);
  }

  /** Ends it, whatever it does, and drops what it has. Never rejects. */
  async abandon(): Promise<void> {
    // Once it has mapped rings it must unmap them itself; before, it only waits.
    if (!this.#isStarted) await this.#worker.terminate();
    else (await this.finish().catch(() => null))?.close();
  }

  /** Aborts where the thread has failed; `finish` tells why. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Takes a last look and ends. @throws KeelError E_IO where the spool's file could not be written, E_INTERNAL */
  async finish(): Promise<Spool> {
    Atomics.store(this.#stop, 0, STOP);
    Atomics.notify(this.#stop, 0);
    return this.#spool;
  }

  #result(): Promise<Spool> {
    return new Promise((resolve, reject) => {
      let outcome: (() => void) | null = null;
      this.#worker.on('message', (message: CollectorMessage) => {
        if (message.kind === 'processes') this.#onProcesses(message.processes);
        if (message.kind === 'finished') outcome = () => resolve(new Spool(message.parts));
        if (message.kind === 'failed') outcome = () => reject(failure(message));
      });
      this.#worker.once('error', (error) => {
        outcome = () => reject(failure({ code: null, message: error.message }));
      });
      // Only then it has unmapped everything.
      this.#worker.once('exit', (status) => {
        outcome ??= () => reject(failure({ code: null, message: `it ended with ${status}` }));
        outcome();
      });
    });
  }
}

function failure({ code, message }: { readonly code: string | null; readonly message: string }): KeelError {
  const cause = new Error(message);
  if (code !== null && /^(ENOSPC|EDQUOT|EFBIG|EROFS|EACCES|ENOENT|EIO)$/.test(code)) {
    return new KeelError('E_IO', {
      what: {
        en: `the temporary file of the recording cannot be written: ${code}; nothing is left attached`,
        ko: `기록의 임시 파일을 쓸 수 없습니다: ${code}. 남아 있는 연결은 없습니다`,
      },
      next: [
        {
          en: 'Another folder with room: TMPDIR=/var/tmp keel faults record ...     or a shorter time: --for 5s',
          ko: '공간이 있는 다른 폴더: TMPDIR=/var/tmp keel faults record ...     또는 더 짧게: --for 5s',
        },
      ],
      cause,
    });
  }
  return new KeelError('E_INTERNAL', {
    what: {
      en: `the thread that collects records failed: ${message}; nothing is left attached`,
      ko: `레코드를 모으는 스레드가 실패했습니다: ${message}. 남아 있는 연결은 없습니다`,
    },
    cause,
  });
}
