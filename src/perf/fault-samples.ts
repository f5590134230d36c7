/**
 * The three software events of a page fault, and their samples.
 *
 * `page-faults` fires when a fault begins, `minor-faults` or `major-faults` when it is served (arch/x86/mm/fault.c,
 * mm/memory.c mm_account_fault), in the same thread and for the same address: together they are the latency of the
 * fault, without kprobes. A completion may carry the page's size, an entry cannot.
 */
import type { EventAttributes, SampleField } from './attributes.ts';
import { type Callchain, decodeCallchain, type SampleTail, sampleTail } from './records.ts';
import type { RingCursor } from './ring-cursor.ts';
import { type SampleLayout, sampleLayout } from './sample-layout.ts';
import type { TimeBase } from './time-base.ts';

export const FAULT_ROLES = ['entry', 'minor', 'major'] as const;
export type FaultRole = (typeof FAULT_ROLES)[number];

export interface FaultSampling {
  /** Frames of the entry; costs the target about 900 ns a fault more. */
  readonly callchains: boolean;
  /** Size of the page. */
  readonly pages: boolean;
  /** Where the page lies in physical memory; takes the right to watch the kernel. */
  readonly pagePlaces: boolean;
  /** Without privilege only faults taken in user mode may be seen. */
  readonly excludeKernel: boolean;
  readonly inherit: boolean;
  /** Starts when the task executes a program. */
  readonly enableOnExec: boolean;
}

export interface FaultSample {
  readonly role: FaultRole;
  readonly tgid: number;
  readonly tid: number;
  readonly cpu: number;
  /** After the time base. */
  readonly timeNs: number;
  readonly address: number;
  /** The instruction that faulted; null for one of the kernel. */
  readonly ip: number | null;
  /** The instruction of the kernel that faulted, as a signed value, which a number holds exactly; null in user mode. */
  readonly kernelIp: number | null;
  readonly pageBytes: number | null;
  /** The page lies in this MiB of physical memory; enough to tell its node. null where the kernel does not tell. */
  readonly physicalMebibyte: number | null;
  readonly callchain: Callchain | null;
  /** What the processor said of the access, as ERROR_CODE bits of model/faults/cause.ts; null where it is not known. */
  readonly errorCode: number | null;
  /** Of an entry that was told at the completion: the thread slept in between. null where SWITCH records tell. */
  readonly slept: boolean | null;
  /** What happened in between, as FAULT_SIGN bits of model/faults/cause.ts; null where nobody looked. */
  readonly signs: number | null;
}

const SOURCES = { entry: 'page-faults', minor: 'minor-faults', major: 'major-faults' } as const;
const MEBIBYTE = 2 ** 20;
const BASE_FIELDS: readonly SampleField[] = ['ip', 'tid', 'time', 'address', 'cpu'];

export function faultFields(role: FaultRole, sampling: FaultSampling): readonly SampleField[] {
  if (role === 'entry') return sampling.callchains ? [...BASE_FIELDS, 'callchain'] : BASE_FIELDS;
  return [...BASE_FIELDS, ...pageFields(sampling)];
}

/** What the kernel is asked about the page of a fault, when it is there. */
export function pageFields({ pages, pagePlaces }: FaultSampling): readonly SampleField[] {
  return [
    ...(pagePlaces ? (['physicalAddress'] as const) : []),
    ...(pages ? (['dataPageSize'] as const) : []),
  ];
}

/** Each fault is a sample (period 1). The entry event also brings the records of mappings, tasks and switches. */
export function faultEvent(role: FaultRole, sampling: FaultSampling): EventAttributes {
  return {
    source: { kind: 'software', name: SOURCES[role] },
    sample: faultFields(role, sampling),
    period: 1,
    inherit: sampling.inherit,
    enableOnExec: sampling.enableOnExec,
    excludeKernel: sampling.excludeKernel,
    excludeCallchainKernel: true,
    taskRecords: role === 'entry',
    dataMappings: role === 'entry',
    switches: role === 'entry',
  };
}

/** Counts the entries and brings the records of mappings and tasks, without any sample. */
export function sidebandEvent(sampling: FaultSampling): EventAttributes {
  return { ...faultEvent('entry', { ...sampling, callchains: false }), period: 0, switches: false };
}

/** Samples of one event, decoded. Called for every fault, so all places are computed before. */
export class FaultDecoder {
  readonly role: FaultRole;
  readonly layout: SampleLayout;
  readonly #base: TimeBase;
  readonly #ipAt: number;
  readonly #tidAt: number;
  readonly #timeAt: number;
  readonly #addressAt: number;
  readonly #cpuAt: number;
  readonly #hasTail: boolean;

  constructor(role: FaultRole, sampling: FaultSampling, base: TimeBase) {
    this.role = role;
    this.layout = sampleLayout(faultFields(role, sampling));
    this.#base = base;
    this.#ipAt = fixedPlace(this.layout, 'ip');
    this.#tidAt = fixedPlace(this.layout, 'tid');
    this.#timeAt = fixedPlace(this.layout, 'time');
    this.#addressAt = fixedPlace(this.layout, 'address');
    this.#cpuAt = fixedPlace(this.layout, 'cpu');
    this.#hasTail = this.layout.hasCallchain || this.layout.trailing.length > 0;
  }

  decode(record: RingCursor): FaultSample {
    const tail = this.#hasTail ? sampleTail(record, this.layout) : null;
    const ipHigh = record.word(this.#ipAt + 1);
    const inKernel = ipHigh >= 0x8000_0000;
    return {
      role: this.role,
      tgid: record.word(this.#tidAt),
      tid: record.word(this.#tidAt + 1),
      cpu: record.word(this.#cpuAt),
      timeNs: this.#base.at(record, this.#timeAt),
      address: record.number(this.#addressAt),
      ip: inKernel ? null : record.number(this.#ipAt),
      kernelIp: inKernel ? (ipHigh | 0) * 0x1_0000_0000 + record.word(this.#ipAt) : null,
      pageBytes: tail === null ? null : this.#trailing(record, tail, 'dataPageSize'),
      physicalMebibyte: tail === null ? null : this.#mebibyte(record, tail),
      callchain: tail !== null && this.layout.hasCallchain ? decodeCallchain(record, tail) : null,
      errorCode: null,
      slept: null,
      signs: null,
    };
  }

  /** No page that a program gets lies in the first MiB. */
  #mebibyte(record: RingCursor, tail: SampleTail): number | null {
    const address = this.#trailing(record, tail, 'physicalAddress');
    return address === null ? null : Math.floor(address / MEBIBYTE) || null;
  }

  /** Zero means that the kernel does not show it. */
  #trailing(record: RingCursor, tail: SampleTail, field: SampleField): number | null {
    const i = this.layout.trailing.indexOf(field);
    return i < 0 ? null : record.number(tail.trailingAt + 2 * i) || null;
  }
}

function fixedPlace(layout: SampleLayout, field: SampleField): number {
  const at = layout.fixed[field];
  if (at === undefined) throw new RangeError(`the layout has no ${field}`);
  return at;
}
