/** Whole numbers of any size up to 2^53 as bytes, small ones in one: LEB128, and its signed form with zigzag. */
import { FormatError } from '../base/errors.ts';

const BYTE = 0x80;
/** Of the largest number. */
const MOST_BYTES = 8;

export class NumberWriter {
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param value a whole number from 0 to 2^53 */
  unsigned(value: number): void {
    this.#makeRoom(1);
    this.#length = put(this.#bytes, this.#length, value);
  }

  /** @param value a whole number, at most 2^52 away from 0 */
  signed(value: number): void {
    this.unsigned(zigzag(value));
  }

  /** The first `count` of a column, as `unsigned` writes each. */
  unsignedColumn(column: Float64Array, count: number): void {
    this.#makeRoom(count);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < count; i += 1) at = put(bytes, at, column[i] as number);
    this.#length = at;
  }

  /** The first `count` of a column, as `signed` writes each. */
  signedColumn(column: Float64Array, count: number): void {
    this.#makeRoom(count);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < count; i += 1) at = put(bytes, at, zigzag(column[i] as number));
    this.#length = at;
  }

  /** The bytes written since the last take. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #makeRoom(numbers: number): void {
    const needed = this.#length + numbers * MOST_BYTES;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

/** @returns the place behind it */
function put(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x8000_0000; rest = Math.floor(rest / BYTE)) bytes[at++] = (rest % BYTE) | BYTE;
  for (; rest >= BYTE; rest >>>= 7) bytes[at++] = (rest & 0x7f) | BYTE;
  bytes[at] = rest;
  return at + 1;
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
    const first = this.#bytes[this.#at];
    if (first === undefined || first >= BYTE) return this.#longer();
    this.#at += 1;
    return first;
  }

  signed(): number {
    return unzigzag(this.unsigned());
  }

  /** Fills the first `count` of a list. @throws FormatError as `unsigned` does */
  unsignedColumn(values: { [i: number]: number }, count: number): void {
    for (let i = 0; i < count; i += 1) values[i] = this.unsigned();
  }

  /** Fills the first `count` of a list. @throws FormatError as `unsigned` does */
  signedColumn(values: { [i: number]: number }, count: number): void {
    for (let i = 0; i < count; i += 1) values[i] = unzigzag(this.unsigned());
  }

  #longer(): number {
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
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
