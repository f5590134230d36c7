/**
 * struct perf_event_attr, as bytes. Only what evenkeel uses is here; the layout is the kernel's ABI.
 * Source: include/uapi/linux/perf_event.h, man 2 perf_event_open.
 */

/** PERF_TYPE_SOFTWARE and the counters of it that we use. All but the clocks count exactly. */
export const SOFTWARE_EVENTS = {
  'page-faults': 2,
  'context-switches': 3,
  'cpu-migrations': 4,
  'minor-faults': 5,
  'major-faults': 6,
  dummy: 9,
  'bpf-output': 10,
} as const;

export type SoftwareEvent = keyof typeof SOFTWARE_EVENTS;

/**
 * PERF_TYPE_HARDWARE: counters of the CPU itself, which most virtual machines lack. `cache-misses` are those of the
 * last-level cache on most CPUs.
 */
export const HARDWARE_EVENTS = {
  'cpu-cycles': 0,
  instructions: 1,
  'cache-references': 2,
  'cache-misses': 3,
} as const;

export type HardwareEvent = keyof typeof HARDWARE_EVENTS;

/** What to count: an event by name, or a tracepoint by the id in its `id` file. */
export type EventSource =
  | { readonly kind: 'hardware'; readonly name: HardwareEvent }
  | { readonly kind: 'software'; readonly name: SoftwareEvent }
  | { readonly kind: 'tracepoint'; readonly id: number };

const EVENT_TYPES: Readonly<Record<EventSource['kind'], number>> = {
  hardware: 0,
  software: 1,
  tracepoint: 2,
};

/** PERF_SAMPLE_*: what each sample carries. `identifier` is always first, so that a ring of several events decodes. */
export const SAMPLE_FIELDS = {
  ip: 1 << 0,
  tid: 1 << 1,
  time: 1 << 2,
  address: 1 << 3,
  callchain: 1 << 5,
  cpu: 1 << 7,
  period: 1 << 8,
  raw: 1 << 10,
  identifier: 1 << 16,
  physicalAddress: 1 << 19,
  dataPageSize: 1 << 22,
} as const;

export type SampleField = keyof typeof SAMPLE_FIELDS;

export interface EventAttributes {
  readonly source: EventSource;
  /** Fields of each sample besides the identifier; empty for a plain counter. */
  readonly sample?: readonly SampleField[];
  /** One sample per this many events; 1 is exact, 0 only counts. */
  readonly period?: number;
  /** Children and threads born later are counted too. */
  readonly inherit?: boolean;
  /** Of what `inherit` adds, only threads of the same process (Linux 5.13). */
  readonly inheritThread?: boolean;
  readonly excludeUser?: boolean;
  readonly excludeKernel?: boolean;
  /** Kernel or user part of the callchain is left out. */
  readonly excludeCallchainKernel?: boolean;
  readonly excludeCallchainUser?: boolean;
  readonly maxStack?: number;
  /** MMAP2 records with build ids left out, COMM, FORK and EXIT. */
  readonly taskRecords?: boolean;
  /** FORK and EXIT alone: which process a new thread belongs to. */
  readonly forks?: boolean;
  /** MMAP2 for data mappings too. */
  readonly dataMappings?: boolean;
  /** SWITCH records: when a thread left its CPU and came back (Linux 4.3). */
  readonly switches?: boolean;
  readonly enableOnExec?: boolean;
  /** Starts at an ioctl; the default is to start disabled. */
  readonly startEnabled?: boolean;
}

/** PERF_ATTR_SIZE_VER8; older kernels accept a longer structure whose tail is zero. */
export const ATTRIBUTES_BYTES = 136;

const CLOCK_MONOTONIC = 1;
/** READ_FORMAT: total times, so that multiplexing shows, the id, and (6.0) the lost samples. */
export const READ_TIMES_ID = 0b111;
export const READ_LOST = 1 << 4;

const FLAG_BITS = {
  disabled: 0,
  inherit: 1,
  excludeUser: 4,
  excludeKernel: 5,
  mmap: 8,
  comm: 9,
  enableOnExec: 12,
  task: 13,
  mmapData: 17,
  sampleIdAll: 18,
  excludeCallchainKernel: 21,
  excludeCallchainUser: 22,
  mmap2: 23,
  commExec: 24,
  useClockid: 25,
  contextSwitch: 26,
  inheritThread: 35,
} as const;

/**
 * @param readFormat PERF_FORMAT_* bits of the counter's read()
 * @returns bytes of its own buffer, off the V8 heap, ready to be passed by address
 */
export function encodeAttributes(event: EventAttributes, readFormat = READ_TIMES_ID): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(ATTRIBUTES_BYTES));
  const view = new DataView(bytes.buffer);
  const { source } = event;
  view.setUint32(0, EVENT_TYPES[source.kind], true);
  view.setUint32(4, ATTRIBUTES_BYTES, true);
  view.setBigUint64(8, BigInt(eventNumber(source)), true);
  view.setBigUint64(16, BigInt(event.period ?? 0), true);
  view.setBigUint64(24, BigInt(sampleType(event.sample ?? [])), true);
  view.setBigUint64(32, BigInt(readFormat), true);
  view.setBigUint64(40, BigInt(flagWord(event)), true);
  view.setInt32(92, CLOCK_MONOTONIC, true);
  view.setUint16(108, event.maxStack ?? 0, true);
  return bytes;
}

function eventNumber(source: EventSource): number {
  if (source.kind === 'tracepoint') return source.id;
  return source.kind === 'hardware' ? HARDWARE_EVENTS[source.name] : SOFTWARE_EVENTS[source.name];
}

/** PERF_SAMPLE_* bits; the identifier comes with any other field. */
export function sampleType(fields: readonly SampleField[]): number {
  if (fields.length === 0) return 0;
  return fields.reduce((bits, field) => bits | SAMPLE_FIELDS[field], SAMPLE_FIELDS.identifier);
}

function flagWord(event: EventAttributes): number {
  const samples = (event.sample ?? []).length > 0;
  const set: Readonly<Record<keyof typeof FLAG_BITS, boolean>> = {
    disabled: event.startEnabled !== true,
    inherit: event.inherit === true,
    inheritThread: event.inheritThread === true,
    excludeUser: event.excludeUser === true,
    excludeKernel: event.excludeKernel === true,
    mmap: event.taskRecords === true,
    comm: event.taskRecords === true,
    enableOnExec: event.enableOnExec === true,
    task: event.taskRecords === true || event.forks === true,
    mmapData: event.dataMappings === true,
    sampleIdAll: samples,
    excludeCallchainKernel: event.excludeCallchainKernel === true,
    excludeCallchainUser: event.excludeCallchainUser === true,
    mmap2: event.taskRecords === true,
    commExec: event.taskRecords === true,
    useClockid: samples,
    contextSwitch: event.switches === true,
  };
  return Object.entries(set).reduce(
    (bits, [name, on]) => (on ? bits + 2 ** FLAG_BITS[name as keyof typeof FLAG_BITS] : bits),
    0,
  );
}
