/**
 * Looks through raw records for processes whose mappings should be read while they live: those that became another
 * program, and, where no list of targets says it, those that are met for the first time. Everything else waits until the
 * recording is over.
 */
import type { FaultRecordShape } from './fault-records.ts';
import { decodeOther, RECORD } from './records.ts';
import { RingCursor } from './ring-cursor.ts';
import type { SampleLayout } from './sample-layout.ts';
import type { TimeBase } from './time-base.ts';

export interface SpottedProcess {
  readonly tgid: number;
  /** After the time base, when it became another program; null where it was met for the first time. */
  readonly executedNs: number | null;
}

export class ProcessSpotter {
  readonly #layout: SampleLayout;
  readonly #base: TimeBase;
  readonly #everyProcess: boolean;
  readonly #met = new Set<number>();
  #lastTgid = -1;
  #spotted: SpottedProcess[] = [];

  /**
   * @param layout of any event in the rings
   * @param everyProcess tells of each process that has a sample
   */
  constructor(layout: SampleLayout, base: TimeBase, everyProcess: boolean) {
    this.#layout = layout;
    this.#base = base;
    this.#everyProcess = everyProcess;
  }

  /** @param words whole records of a perf ring */
  lookAtRing(words: Uint32Array): void {
    const tgidAt = this.#everyProcess ? this.#layout.fixed.tid : undefined;
    new RingCursor(words, true).visit(0, words.length * 4, (record) => {
      if (record.type === RECORD.comm) this.#lookAtComm(record);
      else if (record.type === RECORD.sample && tgidAt !== undefined) this.#meet(record.word(tgidAt));
    });
  }

  /** @param words whole records of a BPF program, see fault-records.ts */
  lookAtFaults(words: Uint32Array, { offsets, kinds }: FaultRecordShape): void {
    if (!this.#everyProcess) return;
    for (let at = 0; at < words.length; ) {
      const sizeAndKind = words[at + offsets.sizeAndKind / 4] as number;
      if (sizeAndKind >>> 16 !== kinds.padding) this.#meet(words[at + offsets.tgid / 4] as number);
      at += Math.max(8, sizeAndKind & 0xffff) / 4;
    }
  }

  /** What was spotted since the last call. */
  take(): SpottedProcess[] {
    const spotted = this.#spotted;
    this.#spotted = [];
    return spotted;
  }

  #lookAtComm(record: RingCursor): void {
    const comm = decodeOther(record, this.#layout, this.#base);
    if (comm?.kind === 'comm' && comm.exec) this.#spotted.push({ tgid: comm.tgid, executedNs: comm.timeNs });
  }

  #meet(tgid: number): void {
    if (tgid === this.#lastTgid) return;
    this.#lastTgid = tgid;
    if (this.#met.has(tgid)) return;
    this.#met.add(tgid);
    this.#spotted.push({ tgid, executedNs: null });
  }
}
