/**
 * Late events without BPF: the scheduler's tracepoints of the whole machine, and the faults of the target, as samples of
 * perf rings. Takes tracefs, for the numbers and formats of the tracepoints, and the right to watch the kernel.
 */
import { FormatError } from '../base/errors.ts';
import { isMissing, type Maybe, missing, orNull } from '../base/missing.ts';
import { CPU_VECTORS } from '../bpf/late/records.ts';
import type { Host } from '../host/host.ts';
import { tracepointFormat } from '../kernel/proc/tracepoint-format.ts';
import { threadList } from '../kernel/task/lists.ts';
import type { LateEvent } from '../model/late/events.ts';
import { KernelError } from '../native/libc.ts';
import {
  FORKS_EVENT,
  interruptEvents,
  type LateRecord,
  LateRecordDecoder,
  lateFaultEvent,
  SCHEDULER_EVENTS,
  tracepointEvent,
} from '../perf/late-records.ts';
import { TimeMerge } from '../perf/time-merge.ts';
import type { TracepointShape } from '../perf/tracepoint-fields.ts';
import { LateAssembly, type LateFaultCounts } from './assemble-late-events.ts';
import { EventRings } from './event-rings.ts';
import { attach, ringOptions } from './fault-events.ts';
import type { LateScope } from './late-events.ts';
import type { LateFeed, OpenLateFeed } from './late-feed.ts';

/** Per CPU: a switch takes 120 bytes with what goes before it, so some 30,000 of them between two drains. */
const RING_BYTES = 4 * 1024 * 1024;

/** The kernel lets nobody sample the end of irq_work: a sample may bring about the next (asm/trace/irq_vectors.h). */
const VECTORS = CPU_VECTORS.filter((vector) => vector !== 'irq_work');

export const openLateFeedByRing: OpenLateFeed = (host, scope, base, lookups) => {
  const shapes = readShapes(host);
  if (isMissing(shapes)) return shapes;
  const rings = new EventRings(ringOptions(host, RING_BYTES));
  try {
    const decoder = new LateRecordDecoder(shapes, base);
    for (const [event, shape] of shapes) rings.add(event, tracepointEvent(shape));
    rings.add('forks', FORKS_EVENT);
    attachFaults(host, scope, rings);
    rings.enable();
    // Threads born before are in the list, those born since are told.
    const { tgid, tid, faultOverNs } = scope;
    const tids = orNull(host.read(threadList, { pid: tgid })) ?? [];
    return new RingLateFeed(rings, decoder, new LateAssembly({ tgid, tid, faultOverNs, tids }, lookups));
  } catch (error) {
    rings.close();
    const refused = refusalOf(error);
    if (refused === null) throw error;
    return refused;
  }
};

/** By the name of the event; missing where one is that there is nothing to judge by without. */
function readShapes(host: Host): Maybe<ReadonlyMap<string, TracepointShape>> {
  const shapes = new Map<string, TracepointShape>();
  for (const tracepoint of SCHEDULER_EVENTS) {
    const shape = host.read(tracepointFormat, { ...tracepoint });
    if (isMissing(shape)) return shape;
    shapes.set(tracepoint.event, shape);
  }
  for (const tracepoint of interruptEvents(VECTORS)) {
    const shape = orNull(host.read(tracepointFormat, { ...tracepoint }));
    if (shape !== null) shapes.set(tracepoint.event, shape);
  }
  return shapes;
}

/** @throws KeelError E_GONE where the target has ended */
function attachFaults(host: Host, { tgid, tid }: LateScope, rings: EventRings): void {
  if (tid === null) attach(host, [tgid], (role, use) => rings.add(role, lateFaultEvent(role, true), use));
  else
    for (const role of ['entry', 'minor', 'major'] as const)
      rings.add(role, lateFaultEvent(role, false), { tid });
}

/** null for an error that is no answer to whether this machine can do it. */
function refusalOf(error: unknown) {
  if (error instanceof FormatError) return missing('unreadable', 'tracefs', error.message);
  if (!(error instanceof KernelError)) return null;
  const reason = /^(EACCES|EPERM)$/.test(error.errnoName) ? 'denied' : 'absent';
  return missing(reason, 'perf_event_open(2)', error.message);
}

class RingLateFeed implements LateFeed {
  readonly obtainedBy = 'ring';
  readonly #rings: EventRings;
  readonly #decoder: LateRecordDecoder;
  readonly #assembly: LateAssembly;
  readonly #merge = new TimeMerge<LateRecord>((record) => record.timeNs);

  constructor(rings: EventRings, decoder: LateRecordDecoder, assembly: LateAssembly) {
    this.#rings = rings;
    this.#decoder = decoder;
    this.#assembly = assembly;
  }

  get lost(): number {
    return this.#decoder.lost;
  }

  drain(limitNs: number, each: (event: LateEvent) => void): number {
    const { fullestRatio } = this.#rings.drain((record, name) => {
      const decoded = this.#decoder.decode(record, name);
      if (decoded !== null) this.#merge.push(decoded);
    });
    for (const record of this.#merge.takeUntil(limitNs)) {
      const event = this.#assembly.add(record);
      if (event !== null) each(event);
    }
    return fullestRatio;
  }

  counts(): LateFaultCounts {
    return this.#assembly.counts;
  }

  finish(limitNs: number, _tids: readonly number[], each: (event: LateEvent) => void): void {
    this.#rings.disable();
    this.drain(limitNs, each);
  }

  [Symbol.dispose](): void {
    this.#rings.close();
  }
}
