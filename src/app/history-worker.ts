/** The thread that writes a history, see history-keeper.ts. An entry of the bundle. */
import { renameSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { HistoryEvent } from '../history/events.ts';
import type { HistoryLimits } from '../history/retention.ts';
import { StoreError, type StoreTrouble } from '../history/sqlite.ts';
import { HistoryWriter, type NewRecording } from '../history/writer.ts';
import type { WatchFrame } from '../model/watch/frame.ts';

export interface HistoryPlan {
  readonly path: string;
  readonly limits: HistoryLimits;
  readonly recording: NewRecording;
}

export type HistoryRequest =
  | { readonly kind: 'open' }
  | { readonly kind: 'append'; readonly frame: WatchFrame; readonly events: readonly HistoryEvent[] }
  | { readonly kind: 'end'; readonly unixMs: number };

export type HistoryAnswer =
  | { readonly kind: 'done'; readonly recording: number; readonly movedTo: string | null }
  | { readonly kind: 'failed'; readonly trouble: StoreTrouble; readonly message: string };

class Keeping {
  readonly #plan: HistoryPlan;
  #writer: HistoryWriter | null = null;
  #recording = 0;

  constructor(plan: HistoryPlan) {
    this.#plan = plan;
  }

  answer(request: HistoryRequest): HistoryAnswer {
    try {
      return { kind: 'done', movedTo: this.#perform(request), recording: this.#recording };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return { kind: 'failed', trouble: error.trouble, message: error.message };
    }
  }

  /** @returns where a damaged file was moved to, so that a new one could be begun; null where none was */
  #perform(request: HistoryRequest): string | null {
    try {
      this.#write(request);
      return null;
    } catch (error) {
      if (!(error instanceof StoreError) || error.trouble !== 'damaged') throw error;
      const movedTo = this.#moveAway();
      this.#write(request);
      return movedTo;
    }
  }

  #write(request: HistoryRequest): void {
    const writer = this.#writer ?? this.#open();
    if (request.kind === 'append') writer.append(this.#recording, request.frame, request.events);
    if (request.kind === 'end') {
      writer.end(this.#recording, request.unixMs);
      writer.close();
      this.#writer = null;
    }
  }

  #open(): HistoryWriter {
    const writer = new HistoryWriter(this.#plan.path, this.#plan.limits);
    this.#recording = writer.begin(this.#plan.recording);
    this.#writer = writer;
    return writer;
  }

  /** Its bytes are kept: what is whole in them can still be read with SQLite's own `.recover`. */
  #moveAway(): string {
    try {
      this.#writer?.close();
    } catch {
      // It is damaged; that it closes badly is no news.
    }
    this.#writer = null;
    const { path } = this.#plan;
    const aside = `${path}.damaged-${Date.now()}`;
    renameSync(path, aside);
    for (const part of ['-wal', '-shm']) {
      try {
        renameSync(path + part, aside + part);
      } catch {
        // There is none where the last writer closed it.
      }
    }
    return aside;
  }
}

const keeping = new Keeping(workerData as HistoryPlan);
parentPort?.on('message', (request: HistoryRequest) => parentPort?.postMessage(keeping.answer(request)));
