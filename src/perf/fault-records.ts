/**
 * Faults that a BPF program tells in one record each (bpf/programs/fault-records.ts): nothing is left to be paired.
 * Decoded word by word, because a 64-bit read takes V8 ten times as long.
 */
import { FormatError } from '../base/errors.ts';
import type { ServedFault } from './consumers/fault-pairing.ts';
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
   * @param words whole records
   * @throws FormatError for a record that cannot be
   */
  visit(words: Uint32Array, each: (fault: ServedFault) => void): void {
    const { kinds, sizeBytes } = this.#shape;
    for (let at = 0; at < words.length; ) {
      const sizeAndKind = word(words, at + this.#at.sizeAndKind);
      const bytes = sizeAndKind & 0xffff;
      const kind = sizeAndKind >>> 16;
      const least = kind === kinds.padding ? 8 : sizeBytes;
      if (bytes < least || bytes % 8 !== 0 || at + bytes / 4 > words.length || kind > kinds.major)
        throw new FormatError('the record of a fault', `kind ${kind}, ${bytes} bytes at ${at * 4}`);
      if (kind !== kinds.padding) each(this.#fault(words, at, kind === kinds.major ? 'major' : 'minor'));
      at += bytes / 4;
    }
  }

  #fault(words: Uint32Array, record: number, kind: ServedFault['kind']): ServedFault {
    const at = this.#at;
    const u32 = (field: keyof Offsets) => word(words, record + at[field]);
    const u64 = (field: keyof Offsets) => number(words, record + at[field]);
    const latencyNs = word(words, record + at.latencyNs + 1) >= 0x8000_0000 ? 0 : u64('latencyNs');
    const ipHigh = word(words, record + at.ip + 1);
    const inKernel = ipHigh >= 0x8000_0000;
    return {
      kind,
      tgid: u32('tgid'),
      tid: u32('tid'),
      cpu: u32('cpu'),
      timeNs: this.#base.of(u32('sinceNs'), word(words, record + at.sinceNs + 1)),
      latencyNs,
      sleptNs: u32('sleeps') > 0 ? latencyNs : 0,
      preemptedNs: 0,
      address: u64('address'),
      ip: inKernel ? null : u64('ip'),
      kernelIp: inKernel ? (ipHigh | 0) * 0x1_0000_0000 + u32('ip') : null,
      pageBytes: u32('pageUnits') * PAGE_UNIT_BYTES || null,
      physicalMebibyte: u32('physicalMebibyte') || null,
      callchain: this.#callers(words, record),
      errorCode: u32('errorCode'),
    };
  }

  /** null where none were asked for, or none was found: not even the instruction itself. */
  #callers(words: Uint32Array, record: number): ServedFault['callchain'] {
    const end = record + (word(words, record + this.#at.sizeAndKind) & 0xffff) / 4;
    const user: number[] = [];
    for (let at = record + this.#shape.sizeBytes / 4; at < end; at += 2) user.push(number(words, at));
    return user.length === 0 ? null : { kernel: [], user };
  }
}

function word(words: Uint32Array, at: number): number {
  return words[at] as number;
}

/** Exact below 2^53, which holds for user addresses, sizes and differences of time. */
function number(words: Uint32Array, at: number): number {
  return word(words, at) + word(words, at + 1) * 0x1_0000_0000;
}
