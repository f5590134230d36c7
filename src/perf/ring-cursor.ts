/**
 * Reads the data area of a perf ring: 32-bit words, a power of two of them, written round and round.
 *
 * Records are multiples of 8 bytes and start at multiples of 8, so indexing words with a mask crosses the end of the
 * area without copying. Two 32-bit reads are ten times as fast as one 64-bit one in V8; times and addresses are put
 * together from them.
 */
import { FormatError } from '../base/errors.ts';

export class RingCursor {
  readonly #words: Uint32Array;
  readonly #mask: number;
  /** Index of the current record's first word, masked. */
  #at = 0;

  /**
   * @param straight the area is no ring but a copy of what came, from its start
   * @throws RangeError where a ring is no power of two of words
   */
  constructor(words: Uint32Array, straight = false) {
    this.#words = words;
    if (straight) {
      this.#mask = -1;
      return;
    }
    if (words.length === 0 || (words.length & (words.length - 1)) !== 0) {
      throw new RangeError(`a ring of ${words.length} words is no power of two`);
    }
    this.#mask = words.length - 1;
  }

  /**
   * Visits records from `tail` to `head`, byte positions that only grow; stops at the first record that starts at
   * `enough` or behind it.
   * @returns the position reached: what is before it may be given back to the kernel
   * @throws FormatError for a record that cannot be: the ring is not what we think it is
   */
  visit(tail: number, head: number, each: (record: RingCursor) => void, enough = head): number {
    const most = this.#words.length * 4;
    if (head < tail || head - tail > most) throw new FormatError(`at most ${most} bytes`, `${tail}..${head}`);
    let position = tail;
    while (position < enough) {
      this.#at = (position / 4) & this.#mask;
      const bytes = this.bytes;
      if (bytes < 8 || (bytes & 7) !== 0 || position + bytes > head) {
        throw new FormatError('a record of whole 64-bit words', `${bytes} bytes at ${position}`);
      }
      each(this);
      position += bytes;
    }
    return position;
  }

  /** PERF_RECORD_* of the current record. */
  get type(): number {
    return this.word(0);
  }

  /** PERF_RECORD_MISC_* bits. */
  get misc(): number {
    return this.word(1) & 0xffff;
  }

  /** Size of the record, header included. */
  get bytes(): number {
    return this.word(1) >>> 16;
  }

  /** The word at an offset in 32-bit words from the start of the record. */
  word(offset: number): number {
    return this.#words[(this.#at + offset) & this.#mask] as number;
  }

  /** A 64-bit value; exact below 2^53, which holds for user addresses, sizes and counts. */
  number(offset: number): number {
    return this.word(offset) + this.word(offset + 1) * 0x1_0000_0000;
  }

  bigint(offset: number): bigint {
    return (BigInt(this.word(offset + 1)) << 32n) | BigInt(this.word(offset));
  }

  /** Text up to a zero byte, from a word offset to the end of the record less `keepBytes`. */
  text(offset: number, keepBytes = 0): string {
    const bytes: number[] = [];
    const end = this.bytes - keepBytes;
    for (let at = offset * 4; at < end; at += 1) {
      const byte = (this.word(at >> 2) >>> ((at & 3) * 8)) & 0xff;
      if (byte === 0) break;
      bytes.push(byte);
    }
    return utf8.decode(Uint8Array.from(bytes));
  }
}

const utf8 = new TextDecoder();
