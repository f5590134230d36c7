/** Times of records as numbers since a base: nanoseconds since boot pass 2^53 after 104 days, differences do not. */
import type { RingCursor } from './ring-cursor.ts';

export class TimeBase {
  readonly baseNs: bigint;
  readonly #high: number;
  readonly #low: number;

  /** @param baseNs CLOCK_MONOTONIC, at or shortly before the first record */
  constructor(baseNs: bigint) {
    this.baseNs = baseNs;
    this.#high = Number(baseNs >> 32n);
    this.#low = Number(baseNs & 0xffff_ffffn);
  }

  /** The 64-bit time at a word offset of the record, in nanoseconds after the base; negative before it. */
  at(record: RingCursor, offset: number): number {
    return this.of(record.word(offset), record.word(offset + 1));
  }

  /** The same for a time in two halves. */
  of(low: number, high: number): number {
    return (high - this.#high) * 0x1_0000_0000 + (low - this.#low);
  }
}
