/** Whole numbers of any size up to 2^53 as bytes, small ones in one: LEB128, and its signed form with zigzag. */
import { FormatError } from '../base/errors.ts';

const BYTE = 0x80;

export class NumberWriter {
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param value a whole number from 0 to 2^53 */
  unsigned(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow();
    let rest = value;
    for (; rest >= 0x8000_0000; rest = Math.floor(rest / BYTE))
      this.#bytes[this.#length++] = (rest % BYTE) | BYTE;
    for (; rest >= BYTE; rest >>>= 7) this.#bytes[this.#length++] = (rest & 0x7f) | BYTE;
    this.#bytes[this.#length++] = rest;
  }

  /** @param value a whole number, at most 2^52 away from 0 */
  signed(value: number): void {
    this.unsigned(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  /** The bytes written since the last take. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

export class NumberReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** @throws FormatError where the bytes end, or the number passes 2^53 */
  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= BYTE) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || scale > 2 ** 49) throw new FormatError('a whole number', `byte ${this.#at}`);
      value += (byte & 0x7f) * scale;
      if (byte < BYTE) break;
    }
    if (value > Number.MAX_SAFE_INTEGER) throw new FormatError('a number below 2^53', String(value));
    return value;
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
