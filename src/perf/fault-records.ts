/**
 * Faults that a BPF program tells in one record each (bpf/programs/fault-records.ts): nothing is left to be paired.
 * Decoded word by word, because a 64-bit read takes V8 ten times as long.
 */
import { FormatError } from '../base/errors.ts';
import type { ServedFaults } from './served-faults.ts';
import type { TimeBase } from './time-base.ts';

export const FAULT_RECORD_FIELDS = [
  'sizeAndKind',
  'cpu',
  'sinceNs',
  'latencyNs',
  'address',
  'ip',
  'tid',
  'tgid',
  'errorCode',
  'sleeps',
  'pageUnits',
  'physicalMebibyte',
] as const;

/** Where the fields lie, in bytes. */
export interface FaultRecordShape {
  readonly offsets: Readonly<Record<(typeof FAULT_RECORD_FIELDS)[number], number>>;
  /** The callers begin there. */
  readonly sizeBytes: number;
  /** Values of the upper half of `sizeAndKind`. */
  readonly kinds: { readonly padding: number; readonly minor: number; readonly major: number };
  /** From this bit of `errorCode` on: FAULT_SIGN bits of model/faults/cause.ts. */
  readonly signShift: number;
}

/** Sizes of pages are counted in it, so that any fits into 32 bits. */
const PAGE_UNIT_BYTES = 4096;

type Offsets = FaultRecordShape['offsets'];

export class FaultRecordDecoder {
  readonly #shape: FaultRecordShape;
  readonly #base: TimeBase;
  /** Word offsets. */
  readonly #at: Offsets;

  constructor(shape: FaultRecordShape, base: TimeBase) {
    this.#shape = shape;
    this.#base = base;
    const words = FAULT_RECORD_FIELDS.map((field) => [field, shape.offsets[field] / 4]);
    this.#at = Object.fromEntries(words) as unknown as Offsets;
  }

  /**
   * Appends the faults to the rows.
   * @param words whole records
   * @throws FormatError for a record that cannot be
   */
  decode(words: Uint32Array, faults: ServedFaults): void {
    const { kinds, sizeBytes } = this.#shape;
    for (let at = 0; at < words.length; ) {
      const sizeAndKind = word(words, at + this.#at.sizeAndKind);
      const bytes = sizeAndKind & 0xffff;
      const kind = sizeAndKind >>> 16;
      const least = kind === kinds.padding ? 8 : sizeBytes;
      if (bytes < least || bytes % 8 !== 0 || at + bytes / 4 > words.length || kind > kinds.major)
        throw new FormatError('the record of a fault', `kind ${kind}, ${bytes} bytes at ${at * 4}`);
      if (kind !== kinds.padding) this.#append(words, at, bytes, faults);
      at += bytes / 4;
    }
  }

  #append(words: Uint32Array, record: number, bytes: number, faults: ServedFaults): void {
    const at = this.#at;
    const callersFrom = faults.callersEnd;
    const callers = (bytes - this.#shape.sizeBytes) / 8;
    faults.reserve(callers);
    const row = faults.length;
    const sinceHigh = word(words, record + at.sinceNs + 1);
    faults.timesNs[row] = this.#base.of(word(words, record + at.sinceNs), sinceHigh);
    const isBackward = word(words, record + at.latencyNs + 1) >= 0x8000_0000;
    faults.latenciesNs[row] = isBackward ? 0 : number(words, record + at.latencyNs);
    faults.addresses[row] = number(words, record + at.address);
    const ipHigh = word(words, record + at.ip + 1);
    const inKernel = ipHigh >= 0x8000_0000;
    faults.ips[row] = inKernel ? Number.NaN : number(words, record + at.ip);
    faults.kernelIps[row] = inKernel
      ? (ipHigh | 0) * 0x1_0000_0000 + word(words, record + at.ip)
      : Number.NaN;
    faults.pageBytes[row] = word(words, record + at.pageUnits) * PAGE_UNIT_BYTES;
    faults.mebibytes[row] = word(words, record + at.physicalMebibyte);
    faults.tgids[row] = word(words, record + at.tgid);
    faults.tids[row] = word(words, record + at.tid);
    faults.cpus[row] = word(words, record + at.cpu);
    const errorCode = word(words, record + at.errorCode);
    faults.errorCodes[row] = errorCode & (2 ** this.#shape.signShift - 1);
    faults.signs[row] = errorCode >>> this.#shape.signShift;
    const kind = word(words, record + at.sizeAndKind) >>> 16;
    faults.majors[row] = kind === this.#shape.kinds.major ? 1 : 0;
    faults.slept[row] = word(words, record + at.sleeps) > 0 ? 1 : 0;
    const first = record + this.#shape.sizeBytes / 4;
    for (let i = 0; i < callers; i += 1) faults.callers[callersFrom + i] = number(words, first + 2 * i);
    faults.callersFrom[row] = callersFrom;
    faults.callersTo[row] = callersFrom + callers;
    faults.length = row + 1;
  }
}

function word(words: Uint32Array, at: number): number {
  return words[at] as number;
}

/** Exact below 2^53, which holds for user addresses, sizes and differences of time. */
function number(words: Uint32Array, at: number): number {
  return word(words, at) + word(words, at + 1) * 0x1_0000_0000;
}
