/** The records of a perf ring besides samples, decoded; and the samples of events whose layout is known. */
import type { RingCursor } from './ring-cursor.ts';
import type { SampleLayout } from './sample-layout.ts';
import type { TimeBase } from './time-base.ts';

/** PERF_RECORD_* numbers of include/uapi/linux/perf_event.h. */
export const RECORD = {
  mmap: 1,
  lost: 2,
  comm: 3,
  exit: 4,
  throttle: 5,
  unthrottle: 6,
  fork: 7,
  sample: 9,
  mmap2: 10,
  lostSamples: 13,
  switch: 14,
} as const;

/** PERF_CONTEXT_*: callchain entries from here on mark a change between kernel and user frames. */
const CONTEXT_HIGH = 0xffff_ffff;
const CONTEXT_LOW_LEAST = 0xffff_f001;

/** A mapping that appeared. */
export interface MmapRecord {
  readonly kind: 'mmap';
  readonly tgid: number;
  readonly tid: number;
  readonly address: number;
  readonly bytes: number;
  /** Offset in the file. */
  readonly offset: number;
  readonly major: number;
  readonly minor: number;
  readonly inode: bigint;
  /** PROT_* bits. */
  readonly protection: number;
  /** MAP_* bits. */
  readonly flags: number;
  readonly path: string;
  /** After the time base. */
  readonly timeNs: number;
}

export interface CommRecord {
  readonly kind: 'comm';
  readonly tgid: number;
  readonly tid: number;
  readonly comm: string;
  /** The name changed by exec: all mappings are new. */
  readonly exec: boolean;
  /** After the time base. */
  readonly timeNs: number;
}

export interface TaskRecord {
  readonly kind: 'fork' | 'exit';
  readonly tgid: number;
  readonly parentTgid: number;
  readonly tid: number;
  readonly parentTid: number;
  /** After the time base. */
  readonly timeNs: number;
}

/** The kernel had no room, or could not write: the records are gone, their number is known. */
export interface LostRecord {
  readonly kind: 'lost';
  readonly records: number;
}

/** The thread was taken from its CPU, or came back to one. */
export interface SwitchRecord {
  readonly kind: 'switch';
  readonly tid: number;
  readonly out: boolean;
  /** It was still runnable: another task took the CPU. Only of switches out. */
  readonly preempted: boolean;
  readonly timeNs: number;
}

export type OtherRecord = MmapRecord | CommRecord | TaskRecord | LostRecord | SwitchRecord;

const MISC_SWITCH_OUT = 1 << 13;
const MISC_SWITCH_OUT_PREEMPT = 1 << 14;

const MISC_COMM_EXEC = 1 << 13;

/**
 * Bytes that `sample_id_all` puts behind each record that is no sample: TID and TIME and CPU as asked, and last the
 * identifier.
 */
export function trailerBytes(layout: SampleLayout): number {
  const { tid, time, cpu } = layout.fixed;
  return 8 * (1 + [tid, time, cpu].filter((at) => at !== undefined).length);
}

/**
 * @param layout of any event in the ring: their TID, TIME and CPU fields must agree
 * @returns null for a kind of record that we do not use
 */
export function decodeOther(record: RingCursor, layout: SampleLayout, base: TimeBase): OtherRecord | null {
  switch (record.type) {
    case RECORD.mmap2:
      return decodeMmap(record, layout, base);
    case RECORD.comm:
      return {
        kind: 'comm',
        tgid: record.word(2),
        tid: record.word(3),
        comm: record.text(4, trailerBytes(layout)),
        exec: (record.misc & MISC_COMM_EXEC) !== 0,
        timeNs: base.at(record, trailerTimeAt(record, layout)),
      };
    case RECORD.fork:
    case RECORD.exit:
      return {
        kind: record.type === RECORD.fork ? 'fork' : 'exit',
        tgid: record.word(2),
        parentTgid: record.word(3),
        tid: record.word(4),
        parentTid: record.word(5),
        timeNs: base.at(record, 6),
      };
    case RECORD.switch:
      return {
        kind: 'switch',
        tid: record.word(trailerTimeAt(record, layout) - 1),
        out: (record.misc & MISC_SWITCH_OUT) !== 0,
        preempted: (record.misc & MISC_SWITCH_OUT_PREEMPT) !== 0,
        timeNs: base.at(record, trailerTimeAt(record, layout)),
      };
    case RECORD.lost:
      return { kind: 'lost', records: record.number(4) };
    case RECORD.lostSamples:
      return { kind: 'lost', records: record.number(2) };
    default:
      return null;
  }
}

function decodeMmap(record: RingCursor, layout: SampleLayout, base: TimeBase): MmapRecord {
  return {
    kind: 'mmap',
    tgid: record.word(2),
    tid: record.word(3),
    address: record.number(4),
    bytes: record.number(6),
    offset: record.number(8),
    major: record.word(10),
    minor: record.word(11),
    inode: record.bigint(12),
    protection: record.word(16),
    flags: record.word(17),
    path: record.text(18, trailerBytes(layout)),
    timeNs: base.at(record, trailerTimeAt(record, layout)),
  };
}

/** Word offset of the time in the trailer; the TID stands right before it. */
function trailerTimeAt(record: RingCursor, layout: SampleLayout): number {
  const fieldsFromTime = layout.fixed.cpu === undefined ? 2 : 3;
  return record.bytes / 4 - 2 * fieldsFromTime;
}

/** The frames of a sample's callchain, innermost first, without the marks between kernel and user. */
export interface Callchain {
  readonly kernel: readonly bigint[];
  readonly user: readonly number[];
}

/** Where things of variable length lie in one sample. */
export interface SampleTail {
  readonly callchainAt: number;
  readonly frames: number;
  readonly rawAt: number;
  readonly rawBytes: number;
  readonly trailingAt: number;
}

export function sampleTail(record: RingCursor, layout: SampleLayout): SampleTail {
  let at = layout.variableAt;
  let frames = 0;
  const callchainAt = at + 2;
  if (layout.hasCallchain) {
    frames = record.number(at);
    at += 2 + 2 * frames;
  }
  let rawBytes = 0;
  const rawAt = at + 1;
  if (layout.hasRaw) {
    rawBytes = record.word(at);
    at += (4 + rawBytes) / 4;
  }
  return { callchainAt, frames, rawAt, rawBytes, trailingAt: at };
}

export function decodeCallchain(record: RingCursor, tail: SampleTail): Callchain {
  const kernel: bigint[] = [];
  const user: number[] = [];
  for (let i = 0; i < tail.frames; i += 1) {
    const low = record.word(tail.callchainAt + 2 * i);
    const high = record.word(tail.callchainAt + 2 * i + 1);
    if (high === CONTEXT_HIGH && low >= CONTEXT_LOW_LEAST) continue;
    if (high >= 0x8000_0000) kernel.push((BigInt(high) << 32n) | BigInt(low));
    else user.push(low + high * 0x1_0000_0000);
  }
  return { kernel, user };
}
