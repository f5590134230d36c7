/**
 * Hands frames to the thread that writes them, so that a slow disk delays no interval. What cannot be written now waits,
 * up to a limit, and is tried again with the next frame; what the limit costs is counted, and told.
 */
import type { Worker } from 'node:worker_threads';
import type { HistoryEvent } from '../history/events.ts';
import type { StoreTrouble } from '../history/sqlite.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import { startWorker } from '../native/start-worker.ts';
import type { HistoryAnswer, HistoryPlan, HistoryRequest } from './history-worker.ts';

/** What happened to the store that its user must hear of. */
export type KeeperNews =
  | { readonly kind: 'trouble'; readonly trouble: StoreTrouble; readonly message: string }
  | { readonly kind: 'recovered'; readonly lostFrames: number }
  | { readonly kind: 'moved'; readonly movedTo: string };

interface Waiting {
  readonly frame: WatchFrame;
  readonly events: readonly HistoryEvent[];
}

/** Ten minutes at one frame a second; with a thousand threads, some 300 MB would be too much. */
const MOST_WAITING = 600;
const MOST_WAITING_THREADS = 60_000;

export class HistoryKeeper {
  readonly #worker: Worker;
  readonly #tell: (news: KeeperNews) => void;
  #waiting: Waiting[] = [];
  #answered: ((answer: HistoryAnswer) => void) | null = null;
  #failed: Error | null = null;
  #isWriting = false;
  #inTrouble = false;
  #lostFrames = 0;
  #recording = 0;

  private constructor(plan: HistoryPlan, tell: (news: KeeperNews) => void) {
    this.#tell = tell;
    const execArgv = [...process.execArgv, '--disable-warning=ExperimentalWarning'];
    this.#worker = startWorker('history-worker', new URL('./history-worker.ts', import.meta.url), {
      workerData: plan,
      execArgv,
    });
    this.#worker.on('message', (answer: HistoryAnswer) => this.#answered?.(answer));
    this.#worker.on('error', (error) => {
      this.#failed = error;
      this.#answered?.({ kind: 'failed', trouble: 'failed', message: error.message });
    });
  }

  /** @returns the trouble where the file cannot be written from the beginning */
  static async open(
    plan: HistoryPlan,
    tell: (news: KeeperNews) => void,
  ): Promise<HistoryKeeper | Extract<HistoryAnswer, { kind: 'failed' }>> {
    const keeper = new HistoryKeeper(plan, tell);
    const answer = await keeper.#ask({ kind: 'open' });
    if (answer.kind === 'done') return keeper;
    await keeper.#worker.terminate();
    return answer;
  }

  /** The number of the recording. */
  get recording(): number {
    return this.#recording;
  }

  /** Frames that were never written, because the store was in trouble for too long. */
  get lostFrames(): number {
    return this.#lostFrames;
  }

  add(frame: WatchFrame, events: readonly HistoryEvent[]): void {
    this.#waiting.push({ frame, events });
    while (this.#waiting.length > MOST_WAITING || this.#waitingThreads() > MOST_WAITING_THREADS) {
      if (this.#waiting.length <= 1) break;
      this.#waiting.shift();
      this.#lostFrames += 1;
    }
    if (!this.#isWriting) void this.#writeWaiting();
  }

  #waitingThreads(): number {
    if (!this.#inTrouble) return 0;
    return this.#waiting.reduce(
      (sum, { frame }) => sum + frame.targets.reduce((threads, target) => threads + target.threads.length, 0),
      0,
    );
  }

  async #writeWaiting(): Promise<void> {
    this.#isWriting = true;
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const answer = await this.#ask({ kind: 'append', ...first });
      if (answer.kind === 'failed') break;
      // While it was written, the limit may have taken it out.
      if (this.#waiting[0] === first) this.#waiting.shift();
    }
    this.#isWriting = false;
  }

  async #ask(request: HistoryRequest): Promise<HistoryAnswer> {
    if (this.#failed !== null) return { kind: 'failed', trouble: 'failed', message: this.#failed.message };
    const answer = await new Promise<HistoryAnswer>((resolve) => {
      this.#answered = resolve;
      this.#worker.postMessage(request);
    });
    this.#answered = null;
    this.#note(answer);
    return answer;
  }

  /** Trouble is told when it begins and when it is over, not with every frame. */
  #note(answer: HistoryAnswer): void {
    if (answer.kind === 'failed') {
      const { trouble, message } = answer;
      if (!this.#inTrouble) this.#tell({ kind: 'trouble', trouble, message });
      this.#inTrouble = true;
      return;
    }
    this.#recording = answer.recording;
    if (answer.movedTo !== null) this.#tell({ kind: 'moved', movedTo: answer.movedTo });
    if (this.#inTrouble) this.#tell({ kind: 'recovered', lostFrames: this.#lostFrames });
    this.#inTrouble = false;
  }

  /** Writes what waits, as far as that is possible. @returns frames that could not be written */
  async close(unixMs: number): Promise<number> {
    while (this.#isWriting) await new Promise((resolve) => setImmediate(resolve));
    await this.#writeWaiting();
    await this.#ask({ kind: 'end', unixMs });
    await this.#worker.terminate();
    return this.#lostFrames + this.#waiting.length;
  }
}
