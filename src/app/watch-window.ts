/** Two readings with a wait between them, as the window that rules look at. */

import { isMissing, type Maybe, missing, orNull, present } from '../base/missing.ts';
import { type Diagnosis, diagnose } from '../diagnosis/diagnose.ts';
import type { Window } from '../diagnosis/finding.ts';
import { diagnoseMemory, type MemoryDiagnosis } from '../diagnosis/memory-tree/diagnose-memory.ts';
import type { Host } from '../host/host.ts';
import { swapAreas } from '../kernel/proc/swaps.ts';
import type { CgroupReading } from '../model/cgroup.ts';
import { computeInterval, type Interval } from '../model/interval.ts';
import type { WatchedLate } from '../model/late/watched.ts';
import { type GroupMemory, memoryLimitsBetween } from '../model/memory-limits.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { SweepSource } from '../model/task-sweep.ts';
import { throttlingBetween } from '../model/throttling.ts';
import type { Clock } from './clock.ts';
import type { FoundTarget } from './find-targets.ts';
import { firstAndLast } from './moments.ts';
import type { OpenedHost } from './open-host.ts';
import { openCgroups } from './read-cgroup.ts';
import { readMemoryLimits, readProcessMemory } from './read-memory-limits.ts';
import { openSnapshotTaker } from './snapshot-taker.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { agesOf } from './task-ages.ts';
import { startLateWatch } from './watch-late-meanwhile.ts';
import { startMemoryWatch, type WatchedMemory } from './watch-memory.ts';

export interface Watched {
  readonly window: Window;
  readonly diagnosis: Diagnosis;
  /** The diagnosis tree for memory; null where the whole machine was asked about. */
  readonly memory: MemoryDiagnosis | null;
  /** How the threads were read. */
  readonly obtainedBy: SweepSource;
  readonly processes: number;
  readonly threads: number;
  /** What keel itself ran in the window; null for a capture. */
  readonly ownRunNs: number | null;
  /** Targets that had ended at the second reading. */
  readonly ended: readonly FoundTarget[];
}

/** What one end of a window is made of. */
export interface WindowEnd {
  readonly snapshot: Snapshot;
  readonly cgroups: ReadonlyMap<number, CgroupReading>;
  /** Why there are none, where there are none. */
  readonly cgroupsMissing: Maybe<null>;
  readonly memoryLimits: readonly GroupMemory[];
}

export interface WatchPlan {
  readonly durationNs: number;
  readonly signal: AbortSignal;
  /** The processes to report about; null for all. All are read either way: the others are the causes. */
  readonly targets: readonly FoundTarget[] | null;
  /** Watch the late moments of a single target as well, which costs it a microsecond a switch. */
  readonly late?: boolean;
  /** The one way to read threads; by default the best possible. */
  readonly only?: SweepSource | undefined;
}

/**
 * Watches the running machine, for less than asked where the signal aborts; of a capture, takes its first and last
 * moment.
 * @throws KeelError E_USAGE for a capture of a single moment
 */
export async function watchWindow(opened: OpenedHost, clock: Clock, plan: WatchPlan): Promise<Watched> {
  const { host } = opened;
  if (host.kind === 'captured') return windowOfMoments(opened, plan);
  const taker = openSnapshotTaker(host, plan.only, clock);
  const now = () => readWindowEnd(host, taker.take(clock.monotonicNs()));
  const late = startLateWatch(host, clock, plan);
  try {
    await late?.started;
    const tgids = plan.targets?.map((target) => target.tgid) ?? null;
    const before = now();
    const memory = tgids === null ? null : startMemoryWatch(host, clock, tgids);
    await clock.sleep(plan.durationNs, plan.signal);
    const after = now();
    const { obtainedBy } = taker;
    return judgeWindow(host, before, after, plan, {
      ownTgid: process.pid,
      obtainedBy,
      memory: (await memory?.finish()) ?? UNWATCHED,
      late: (await late?.finish()) ?? null,
    });
  } finally {
    await late?.finish();
    taker.close();
  }
}

function windowOfMoments(opened: OpenedHost, plan: WatchPlan): Watched {
  const [first, last] = firstAndLast(opened);
  const [before, after] = [first, last].map(({ host, monotonicNs }) =>
    readWindowEnd(host, takeSnapshot(host, monotonicNs)),
  ) as [WindowEnd, WindowEnd];
  return judgeWindow(last.host, before, after, plan, {
    ownTgid: null,
    obtainedBy: 'proc',
    memory: plan.targets === null ? UNWATCHED : CAPTURED,
    late: null,
  });
}

export function readWindowEnd(host: Host, snapshot: Snapshot): WindowEnd {
  const groups = openCgroups(host);
  const cgroups = new Map<number, CgroupReading>();
  let cgroupsMissing: Maybe<null> = null;
  for (const tgid of snapshot.processes.keys()) {
    const reading = groups.of(tgid);
    if (present(reading)) cgroups.set(tgid, reading);
    else if (reading.missing !== 'gone') cgroupsMissing = reading;
  }
  return { snapshot, cgroups, cgroupsMissing, memoryLimits: readMemoryLimits(host, cgroups) };
}

/** Of a whole machine it is not measured: that would cost every process. */
const UNWATCHED: WatchedMemory = { stalls: null, waits: null, memoryWork: null };

/** A capture holds counters, no events. */
const CAPTURED: WatchedMemory = {
  stalls: missing('not-captured', 'perf_event_open'),
  waits: missing('not-captured', 'kernel stacks'),
  memoryWork: missing('not-captured', 'tracepoints'),
};

interface Circumstances {
  readonly ownTgid: number | null;
  readonly obtainedBy: SweepSource;
  readonly memory: WatchedMemory;
  readonly late: Maybe<WatchedLate> | null;
}

/** @param host as it is at the end of the window */
export function judgeWindow(
  host: Host,
  before: WindowEnd,
  after: WindowEnd,
  plan: Pick<WatchPlan, 'targets'>,
  { ownTgid, obtainedBy, memory, late }: Circumstances,
): Watched {
  const interval = computeInterval(before.snapshot, after.snapshot);
  const window: Window = {
    interval,
    onlineCpus: orNull(after.snapshot.machine.stat)?.cpus.size ?? 1,
    target: plan.targets === null ? null : new Set(plan.targets.map((target) => target.tgid)),
    ownTgid,
    ...memory,
    agesNs: agesOf(host, plan.targets?.map((target) => target.tgid) ?? [], interval.elapsedNs),
    late,
    units: unitsOf(after.cgroups),
    throttling: after.cgroups.size > 0 ? throttlingBetween(before.cgroups, after.cgroups) : noCgroups(after),
    memoryLimits:
      after.cgroups.size > 0
        ? memoryLimitsBetween(before.memoryLimits, after.memoryLimits)
        : noCgroups(after),
    swaps: host.read(swapAreas),
    memory: readProcessMemory(host, memoryOfInterest(after.snapshot, interval, plan)),
  };
  const own = interval.processes.find((process) => process.tgid === ownTgid)?.runTimeNs;
  return {
    window,
    diagnosis: diagnose(window),
    memory: window.target === null ? null : diagnoseMemory(window),
    obtainedBy,
    processes: interval.processes.length,
    threads: interval.processes.reduce((total, process) => total + process.threads.length, 0),
    ownRunNs: own === undefined ? null : orNull(own),
    ended: (plan.targets ?? []).filter(
      ({ tgid, startTicks }) => after.snapshot.processes.get(tgid)?.stat.startTicks !== startTicks,
    ),
  };
}

/** Whose memory rules may speak about: reading that of every process would cost as much as a snapshot of them. */
function memoryOfInterest(
  after: Snapshot,
  interval: Interval,
  { targets }: Pick<WatchPlan, 'targets'>,
): number[] {
  if (targets !== null) return targets.map((target) => target.tgid);
  const locked = orNull(after.machine.vmstat)?.get('nr_mlock') ?? 0n;
  return interval.processes
    .filter((process) => !process.isKernelThread && (locked > 0n || (orNull(process.majorFaults) ?? 0) > 0))
    .map((process) => process.tgid);
}

function unitsOf(cgroups: ReadonlyMap<number, CgroupReading>): ReadonlyMap<number, string> {
  return new Map([...cgroups].flatMap(([tgid, { unit }]) => (unit === null ? [] : [[tgid, unit] as const])));
}

/** Groups are found through processes: of a capture without any, nothing is known. */
function noCgroups({ cgroupsMissing, snapshot }: WindowEnd) {
  if (isMissing(cgroupsMissing)) return cgroupsMissing;
  return missing(snapshot.processes.size === 0 ? 'not-captured' : 'absent', 'cgroups');
}
