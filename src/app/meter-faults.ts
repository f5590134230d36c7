/**
 * Counts page faults and how long they held threads, by process or by place: folded in the kernel by BPF where possible,
 * else from the samples of rings, else from the counters of /proc, which know no latency.
 */
import { isMissing, type Missing, orNull } from '../base/missing.ts';
import type { Latency } from '../bpf/latency.ts';
import type { Host } from '../host/host.ts';
import { processList } from '../kernel/task/lists.ts';
import { processStat } from '../kernel/task/stat.ts';
import type { FaultCause } from '../model/faults/cause.ts';
import { FaultCollector } from '../model/faults/collector.ts';
import {
  type FaultCounters,
  type FaultCountersByKey,
  placeKey,
  processKey,
  sumCounters,
} from '../model/faults/top.ts';
import { noBpf } from './bpf-errors.ts';
import type { Clock } from './clock.ts';
import { FaultLatencyCounter, type ThreadFaults } from './count-fault-latency.ts';
import type { TracedFault } from './explain-faults.ts';
import { openFaultEvents } from './fault-events.ts';
import { FaultRecorder } from './fault-recorder.ts';

/** Best first. */
export const METER_SOURCES = ['bpf', 'ring', 'proc'] as const;
export type MeterSource = (typeof METER_SOURCES)[number];

export interface FaultMeter {
  readonly obtainedBy: MeterSource;
  /** Why not by the better way; null where this is the best, or was asked for. */
  readonly because: Missing | null;
  /** All since it was opened. */
  read(): { readonly counters: FaultCountersByKey; readonly lost: number };
  stop(): Promise<void>;
}

export interface MeterRequest {
  /** null for the whole machine. */
  readonly tgids: readonly number[] | null;
  readonly by: 'process' | 'place';
  /** The one way to take; by default the best possible. */
  readonly only?: MeterSource | undefined;
}

/**
 * Counting starts at once.
 * @throws KeelError as openFaultEvents does; E_PRIVILEGE or E_UNSUPPORTED where BPF was asked for and cannot be had
 */
export function openFaultMeter(host: Host, clock: Clock, request: MeterRequest): FaultMeter {
  const { tgids, by, only } = request;
  // Which place a fault was at, only the samples tell.
  if (by === 'place') return ringMeter(host, clock, request, null);
  if (only === 'proc') return procMeter(host, tgids, null);
  if (only === 'ring') return ringMeter(host, clock, request, null);
  const byBpf = FaultLatencyCounter.open(host, {
    tgid: tgids?.length === 1 ? (tgids[0] as number) : null,
    overNs: null,
    threads: MOST_THREADS,
  });
  if (!isMissing(byBpf)) return bpfMeter(byBpf, tgids);
  if (only === 'bpf') throw noBpf(byBpf);
  // Every fault of a whole machine by ring costs more than it tells beside the counts.
  return tgids === null ? procMeter(host, null, byBpf) : ringMeter(host, clock, request, byBpf);
}

/** Their table takes 15 MB; faults of threads that found no room are counted as lost. */
const MOST_THREADS = 16_384;

function bpfMeter(counter: FaultLatencyCounter, tgids: readonly number[] | null): FaultMeter {
  const wanted = tgids === null ? null : new Set(tgids);
  return {
    obtainedBy: 'bpf',
    because: null,
    read() {
      const { threads, lost } = counter.read();
      return { counters: byProcess(threads, wanted), lost: Number(lost.faults) };
    },
    async stop() {
      counter.close();
    },
  };
}

/** An id that is used again goes on in the row of the one before: samples do not tell them apart either. */
function byProcess(threads: readonly ThreadFaults[], wanted: ReadonlySet<number> | null): FaultCountersByKey {
  const groups = new Map<number, FaultCounters[]>();
  for (const thread of threads) {
    if (wanted !== null && !wanted.has(thread.tgid)) continue;
    const known = groups.get(thread.tgid);
    if (known === undefined) groups.set(thread.tgid, [countersOf(thread)]);
    else known.push(countersOf(thread));
  }
  return new Map([...groups].map(([tgid, all]) => [processKey(tgid, 0), sumCounters(all)]));
}

function countersOf({ minor, major }: ThreadFaults): FaultCounters {
  const numbers = (latency: Latency) => latency.buckets.map(Number);
  const majors = numbers(major);
  return {
    minor: Number(minor.events),
    major: Number(major.events),
    stallNs: Number(minor.totalNs + major.totalNs),
    buckets: numbers(minor).map((count, i) => count + (majors[i] ?? 0)),
    stallByCause: null,
  };
}

function ringMeter(
  host: Host,
  clock: Clock,
  { tgids, by, only }: MeterRequest,
  because: Missing | null,
): FaultMeter {
  const engine = only === 'bpf' ? 'bpf' : 'ring';
  const source = openFaultEvents(host, { tgids, callchains: false, enableOnExec: false, only: engine });
  const tallies = new Map<string, Tally>();
  const keyOf = (fault: TracedFault) =>
    by === 'place' ? placeKey(fault.place.kind, fault.place.path) : processKey(fault.tgid, 0);
  const recorder = new FaultRecorder(host, source, clock, new FaultCollector().tables, (fault) => {
    const key = keyOf(fault);
    const tally = tallies.get(key) ?? newTally();
    tallies.set(key, tally);
    addTo(tally, fault);
  });
  const stop = new AbortController();
  const done = recorder.run({
    durationNs: Number.POSITIVE_INFINITY,
    signal: stop.signal,
    isLiving: () => true,
    start: () => source.rings.enable(),
  });
  return {
    obtainedBy: source.obtainedBy,
    because,
    read() {
      const counters = new Map([...tallies].map(([key, tally]) => [key, copyOf(tally)]));
      return { counters, lost: recorder.progress.lost };
    },
    async stop() {
      stop.abort();
      await done;
    },
  };
}

interface Tally {
  minor: number;
  major: number;
  stallNs: number;
  readonly buckets: number[];
  readonly stallByCause: Partial<Record<FaultCause, number>>;
}

/** As many as the kernel's histograms have. */
const BUCKETS = 40;

function newTally(): Tally {
  return { minor: 0, major: 0, stallNs: 0, buckets: new Array<number>(BUCKETS).fill(0), stallByCause: {} };
}

function copyOf(tally: Tally): FaultCounters {
  return { ...tally, buckets: [...tally.buckets], stallByCause: { ...tally.stallByCause } };
}

function addTo(tally: Tally, { kind, latencyNs, cause }: TracedFault): void {
  tally[kind] += 1;
  tally.stallNs += latencyNs;
  tally.stallByCause[cause] = (tally.stallByCause[cause] ?? 0) + latencyNs;
  const bucket = Math.min(BUCKETS - 1, Math.floor(Math.log2(Math.max(1, latencyNs))));
  tally.buckets[bucket] = (tally.buckets[bucket] ?? 0) + 1;
}

/** Counts of processes as they are; those of processes that end between two readings are not seen. */
function procMeter(host: Host, tgids: readonly number[] | null, because: Missing | null): FaultMeter {
  const readAll = (): FaultCountersByKey => {
    const counters = new Map<string, FaultCounters>();
    for (const pid of tgids ?? orNull(host.read(processList)) ?? []) {
      const stat = orNull(host.read(processStat, { pid }));
      if (stat === null) continue;
      const minor = Number(stat.minorFaults);
      const major = Number(stat.majorFaults);
      counters.set(processKey(pid, stat.startTicks), {
        minor,
        major,
        stallNs: null,
        buckets: null,
        stallByCause: null,
      });
    }
    return counters;
  };
  return {
    obtainedBy: 'proc',
    because,
    read: () => ({ counters: readAll(), lost: 0 }),
    async stop() {},
  };
}
