/** Names of tasks in records: 16 bytes up to a zero. They change seldom, so only a changed one is made a text again. */
import { decodeFixedText } from '../base/fixed-text.ts';
import type { RingCursor } from './ring-cursor.ts';

const WORDS = [0, 1, 2, 3] as const;

interface KnownComm {
  readonly words: readonly number[];
  readonly comm: string;
}

export class Comms {
  readonly #known = new Map<number, KnownComm>();

  /** @param at word offset of the name in the record */
  textAt(record: RingCursor, at: number, tid: number): string {
    const known = this.#known.get(tid);
    if (known !== undefined && isSame(known.words, record, at)) return known.comm;
    const words = WORDS.map((i) => record.word(at + i));
    const comm = decodeFixedText(new Uint8Array(Uint32Array.from(words).buffer));
    this.#known.set(tid, { words, comm });
    return comm;
  }
}

function isSame(words: readonly number[], record: RingCursor, at: number): boolean {
  return (
    words[0] === record.word(at) &&
    words[1] === record.word(at + 1) &&
    words[2] === record.word(at + 2) &&
    words[3] === record.word(at + 3)
  );
}
