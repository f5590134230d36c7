/** Attaches the events of page faults to what is to be watched, as far as the kernel permits. */
import { KeelError } from '../base/errors.ts';
import { isMissing, type Missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { tracepointFormat } from '../kernel/proc/tracepoint-format.ts';
import { threadList } from '../kernel/task/lists.ts';
import { KernelError } from '../native/libc.ts';
import { beginningEvent } from '../perf/fault-beginnings.ts';
import {
  EXCEPTION_EVENTS,
  ExceptionDecoder,
  type ExceptionFormat,
  exceptionEvent,
} from '../perf/fault-exceptions.ts';
import {
  FAULT_ROLES,
  FaultDecoder,
  type FaultRole,
  type FaultSample,
  type FaultSampling,
  faultEvent,
  faultFields,
} from '../perf/fault-samples.ts';
import type { RingCursor } from '../perf/ring-cursor.ts';
import { type SampleLayout, sampleLayout } from '../perf/sample-layout.ts';
import type { TimeBase } from '../perf/time-base.ts';
import { noBpf } from './bpf-errors.ts';
import { EventRings, isTaskGone } from './event-rings.ts';
import { readableFaultError, requireFiles } from './fault-errors.ts';
import { BEGINNING, type LoadedFaultFilter, loadFaultFilter } from './filter-faults.ts';
import { hasNodes } from './page-nodes.ts';

/** Per CPU. At 400,000 faults a second this is 100 ms of records: how late a drain may come on a busy machine. */
const RING_BYTES = 4 * 1024 * 1024;

/** Of it, what the kernel lets ordinary users have for each CPU (kernel.perf_event_mlock_kb, 516 with the page of its state). */
const RING_SHARE_BYTES = 512 * 1024;

/** Best first: by a BPF program that filters in the kernel, or by rings that take every fault. */
export const FAULT_ENGINES = ['bpf', 'ring'] as const;
export type FaultEngine = (typeof FAULT_ENGINES)[number];

export interface FaultSource {
  readonly rings: EventRings;
  readonly sampling: FaultSampling;
  /** Faults of all tasks are seen, and others than the targets must be left out. */
  readonly wholeMachine: boolean;
  readonly decoders: (base: TimeBase) => FaultDecoders;
  readonly obtainedBy: FaultEngine;
  /** Why not by the better way; null where this is the best, or was asked for. */
  readonly because: Missing | null;
}

/** What makes samples of the records of each event. */
export interface FaultDecoders {
  /** By the name of the event. */
  readonly byEvent: ReadonlyMap<string, Pick<FaultDecoder, 'decode'>>;
  /**
   * A sample whose id is that of nobody here. Where several observers sample one software event of a task, the kernel
   * fills the fields of a sample once, and all but the first get the id of another (kernel/events/core.c,
   * do_perf_sw_event and perf_prepare_sample; tracepoints were mended, perf_tp_event). null where it cannot be told.
   */
  readonly unnamed?: (record: RingCursor) => FaultSample | null;
  /** Of any of the events: what all have in common is enough for records that are no samples. */
  readonly layout: SampleLayout;
  /** By the name of the event, those that tell the error code of the entry that follows in the same thread. */
  readonly exceptions?: ReadonlyMap<string, ExceptionDecoder>;
}

export interface FaultScope {
  /** Processes to watch; null for the whole machine. */
  readonly tgids: readonly number[] | null;
  readonly callchains: boolean;
  /** Counting starts when the process executes its program. */
  readonly enableOnExec: boolean;
  /** Leaves out faults in the kernel, where BPF is to be had; by rings all come. */
  readonly filter?: FaultFilter | undefined;
  /** The one way to take; by default the best possible. */
  readonly only?: FaultEngine | undefined;
  /** Of the ring of each CPU; rounded down to a power of two of pages. */
  readonly ringBytes?: number | undefined;
}

export interface FaultFilter {
  /** Faults that took at least so long. */
  readonly overNs: number;
  readonly majorOnly: boolean;
}

/**
 * @returns events that are open and disabled
 * @throws KeelError E_PRIVILEGE where the kernel refuses, E_GONE where no target is left, E_CONFLICT for too many files,
 * E_UNSUPPORTED where BPF was asked for and is not to be had
 */
export function openFaultEvents(host: Host, scope: FaultScope): FaultSource {
  if (scope.only === 'ring') return openRings(host, scope, null);
  const filter = loadFaultFilter(host, scope.filter ?? EVERY_FAULT, scope.tgids === null);
  if (!isMissing(filter)) return openFiltered(host, scope, filter);
  if (scope.only === 'bpf') throw noBpf(filter);
  return openRings(host, scope, filter);
}

const EVERY_FAULT: FaultFilter = { overNs: 0, majorOnly: false };

/** What rings may be asked for, most first: an ordinary user may watch what its processes do in user mode. */
const RING_TRIES = [
  { excludeKernel: false, withExceptions: true },
  { excludeKernel: false, withExceptions: false },
  { excludeKernel: true, withExceptions: false },
] as const;

function openRings(host: Host, scope: FaultScope, because: Missing | null): FaultSource {
  const formats = exceptionFormats(host);
  let refusal: unknown;
  for (const { excludeKernel, withExceptions } of RING_TRIES) {
    if (withExceptions && formats.size === 0) continue;
    if (excludeKernel && scope.tgids === null) break;
    const sampling = samplingOf(host, scope, excludeKernel);
    for (const ringBytes of ringSizes(scope)) {
      const opened = openPlain(host, scope, {
        sampling,
        formats: withExceptions ? formats : null,
        ringBytes,
      });
      if (!(opened instanceof KernelError)) return { ...opened, because };
      refusal = opened;
    }
  }
  throw readableFaultError(refusal, scope.tgids === null);
}

/** A first ring may have taken what all were allowed together: then each gets its share. */
function ringSizes({ ringBytes = RING_BYTES }: FaultScope): readonly number[] {
  return ringBytes > RING_SHARE_BYTES ? [ringBytes, RING_SHARE_BYTES] : [ringBytes];
}

interface Plain {
  readonly sampling: FaultSampling;
  readonly formats: ReadonlyMap<string, ExceptionFormat> | null;
  readonly ringBytes: number;
}

/** @returns what the kernel refused for lack of privilege, or the open events */
function openPlain(
  host: Host,
  scope: FaultScope,
  { sampling, formats, ringBytes }: Plain,
): KernelError | Omit<FaultSource, 'because'> {
  const rings = new EventRings(ringOptions(host, ringBytes));
  try {
    attach(host, scope.tgids, (role, use) => {
      rings.add(role, faultEvent(role, sampling), use);
      if (role !== 'entry') return;
      for (const [name, format] of formats ?? []) rings.add(name, exceptionEvent(format, sampling), use);
    });
    const decoders = (base: TimeBase) => plainDecoders(sampling, base, formats);
    return { rings, sampling, wholeMachine: scope.tgids === null, decoders, obtainedBy: 'ring' };
  } catch (error) {
    rings.close();
    if (error instanceof KernelError && /^(EACCES|EPERM)$/.test(error.errnoName)) return error;
    throw readableFaultError(error, scope.tgids === null);
  }
}

/** Empty where tracefs is not mounted or may not be read, and on processors without these tracepoints. */
function exceptionFormats(host: Host): ReadonlyMap<string, ExceptionFormat> {
  const formats = new Map<string, ExceptionFormat>();
  for (const event of EXCEPTION_EVENTS) {
    const format = host.read(tracepointFormat, { system: 'exceptions', event });
    if (!isMissing(format)) formats.set(event, format);
  }
  return formats;
}

/** @param filter is closed with the rings */
function openFiltered(host: Host, scope: FaultScope, filter: LoadedFaultFilter): FaultSource {
  const sampling = samplingOf(host, scope, false);
  const rings = new EventRings(ringOptions(host, scope.ringBytes ?? RING_BYTES));
  rings.own(filter);
  try {
    rings.add(BEGINNING, beginningEvent(sampling));
    filter.writeTo(rings.descriptorsOf(BEGINNING));
    attach(host, scope.tgids, (role, use) => {
      // The program knows itself whether the thread slept.
      const event = { ...faultEvent(role, sampling), switches: false };
      rings.add(role, event, { ...use, programFd: filter.programFd(role) });
    });
    const decoders = (base: TimeBase) => filter.decoders(sampling, base);
    const wholeMachine = scope.tgids === null;
    return { rings, sampling, wholeMachine, decoders, obtainedBy: 'bpf', because: null };
  } catch (error) {
    rings.close();
    throw readableFaultError(error, scope.tgids === null);
  }
}

function samplingOf(host: Host, scope: FaultScope, excludeKernel: boolean): FaultSampling {
  const { callchains, enableOnExec, tgids } = scope;
  // Who may not watch the kernel may not ask where pages lie.
  const pagePlaces = !excludeKernel && hasNodes(host);
  return { callchains, pages: true, pagePlaces, excludeKernel, inherit: tgids !== null, enableOnExec };
}

function plainDecoders(
  sampling: FaultSampling,
  base: TimeBase,
  formats: ReadonlyMap<string, ExceptionFormat> | null,
): FaultDecoders {
  const byEvent = new Map(FAULT_ROLES.map((role) => [role, new FaultDecoder(role, sampling, base)]));
  const layout = sampleLayout(faultFields('entry', sampling));
  if (formats === null) return { byEvent, layout };
  const exceptions = [...formats].map(
    ([name, format]) => [name, new ExceptionDecoder(format, base)] as const,
  );
  return { byEvent, layout, exceptions: new Map(exceptions) };
}

export function ringOptions(host: Host, ringBytes: number) {
  const pageBytes = host.facts.pageBytes ?? 4096;
  const online = orNull(host.read(cpusInState, { state: 'online' }));
  return {
    cpus: online?.ids() ?? [0],
    pageBytes,
    ringPages: 2 ** Math.floor(Math.log2(Math.max(1, ringBytes / pageBytes))),
  };
}

/** Adds the event of a role, for a thread or for all. @throws KernelError */
export type AddRole = (role: FaultRole, use: { readonly tid?: number }) => void;

export function attach(host: Host, tgids: readonly number[] | null, add: AddRole): void {
  if (tgids === null) {
    for (const role of FAULT_ROLES) add(role, {});
    return;
  }
  // Threads born while we attach inherit from those that have it already; the others are found by looking again.
  const attached = new Set<number>();
  let living = false;
  for (let found = true; found; ) {
    found = false;
    for (const tgid of tgids) {
      for (const tid of threadsOf(host, tgid)) {
        if (attached.has(tid)) continue;
        attached.add(tid);
        found = attachThread(add, tid) || found;
      }
    }
    living = living || found;
  }
  if (!living) {
    throw new KeelError('E_GONE', {
      what: { en: 'the target ended before it could be watched', ko: '관찰하기 전에 대상이 끝났습니다' },
    });
  }
}

/** None of a process that has ended. */
function threadsOf(host: Host, pid: number): readonly number[] {
  const threads = host.read(threadList, { pid });
  if (!isMissing(threads)) return threads;
  requireFiles(threads);
  return [];
}

/** @returns false for a thread that has ended */
function attachThread(add: AddRole, tid: number): boolean {
  try {
    for (const role of FAULT_ROLES) add(role, { tid });
    return true;
  } catch (error) {
    if (isTaskGone(error)) return false;
    throw error;
  }
}
