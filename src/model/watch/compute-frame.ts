/** A frame from two readings of the watched processes and of the machine. Pure. */
import { isMissing, type Maybe, mapMaybe, missing } from '../../base/missing.ts';
import type { MachineMemory } from '../../kernel/proc/meminfo.ts';
import type { TaskStatus } from '../../kernel/task/status.ts';
import { processActivity } from '../activity.ts';
import type { CpuDistance } from '../cpu-distance.ts';
import { type CpuTimesNs, computeMachineInterval } from '../interval.ts';
import { policyName } from '../process-check.ts';
import type { MachineReading, ProcessReading } from '../snapshot.ts';
import { processInterval, type ThreadInterval } from '../task-interval.ts';
import type { Distribution } from './distribution.ts';
import {
  type CpuFrame,
  type FrameChange,
  type Judgement,
  type MachineFrame,
  type TargetFrame,
  type TargetIdentity,
  type ThreadFrame,
  WATCHED_COUNTERS,
  type WatchFrame,
} from './frame.ts';
import type { FrameMoments } from './late-moments.ts';
import { movesBetween, NO_MOVES } from './moves.ts';

/** One raw reading of everything a frame is made of. */
export interface WatchReading {
  readonly monotonicNs: bigint;
  readonly unixMs: number | null;
  readonly skippedIntervals: number;
  readonly processes: ReadonlyMap<number, ProcessReading>;
  readonly ended: readonly TargetIdentity[];
  /** By process. */
  readonly status: ReadonlyMap<number, Maybe<Pick<TaskStatus, 'swapBytes' | 'lockedBytes'>>>;
  /** By thread. */
  readonly affinities: ReadonlyMap<number, Maybe<string>>;
  readonly changes: Maybe<readonly FrameChange[]>;
  readonly machine: MachineReading;
  readonly memory: Maybe<MachineMemory>;
  /** Run time of keel itself until now; null for a captured machine. */
  readonly ownRunNs: number | null;
}

/** What the kernel folded of one process in the interval. */
export interface FoldedLatencies {
  readonly runDelays: Maybe<Distribution>;
  readonly faultStalls: Maybe<Distribution>;
  /** By thread; a thread without faults is not in it. */
  readonly stallNsByThread: Maybe<ReadonlyMap<number, number>>;
  /** Single long ones of both. */
  readonly moments: Maybe<FrameMoments>;
}

/** What stands beside two readings. */
export interface FrameContext {
  readonly units: ReadonlyMap<number, string>;
  readonly distance: (from: number, to: number) => CpuDistance | null;
  readonly latencies: (tgid: number) => FoldedLatencies;
  readonly judgement: Maybe<Judgement>;
  readonly obtainedBy: WatchFrame['obtainedBy'];
}

/** @throws RangeError where the second reading is not after the first */
export function computeFrame(before: WatchReading, after: WatchReading, context: FrameContext): WatchFrame {
  const elapsedNs = Number(after.monotonicNs - before.monotonicNs);
  if (elapsedNs <= 0) throw new RangeError('the second reading must be after the first');
  const own = [before.ownRunNs, after.ownRunNs];
  return {
    monotonicNs: after.monotonicNs,
    unixMs: after.unixMs,
    elapsedNs,
    skippedIntervals: after.skippedIntervals,
    machine: machineFrame(before, after, elapsedNs),
    targets: [...after.processes.values()].map((process) => targetFrame(before, after, process, context)),
    ended: after.ended.map(({ tgid, startTicks, comm }) => ({ tgid, startTicks, comm })),
    judgement: context.judgement,
    changes: after.changes,
    obtainedBy: context.obtainedBy,
    ownRunNs: own[0] == null || own[1] == null ? null : own[1] - own[0],
  };
}

function targetFrame(
  before: WatchReading,
  after: WatchReading,
  process: ProcessReading,
  { units, distance, latencies }: FrameContext,
): TargetFrame {
  const { tgid, stat } = process;
  const earlier = before.processes.get(tgid);
  const interval = processInterval(earlier, process);
  const status = after.status.get(tgid) ?? missing('gone', `status of ${tgid}`);
  const bytes = (name: 'swapBytes' | 'lockedBytes') =>
    mapMaybe(status, (of) => of[name] ?? missing('absent', `status of ${tgid}`));
  const folded = latencies(tgid);
  return {
    tgid,
    startTicks: stat.startTicks,
    comm: stat.comm,
    unit: units.get(tgid) ?? null,
    activity: processActivity(interval),
    swapBytes: bytes('swapBytes'),
    lockedBytes: bytes('lockedBytes'),
    threads: threadFrames(interval.threads, process, folded, after.affinities),
    moves: interval.born
      ? NO_MOVES
      : movesBetween(earlier?.threads ?? [], interval.threads, process.threads, distance),
    runDelays: folded.runDelays,
    faultStalls: folded.faultStalls,
    lateMoments: folded.moments,
  };
}

function threadFrames(
  intervals: readonly ThreadInterval[],
  process: ProcessReading,
  { stallNsByThread }: FoldedLatencies,
  affinities: WatchReading['affinities'],
): readonly ThreadFrame[] {
  const stats = new Map(process.threads.map((thread) => [thread.tid, thread.stat]));
  return intervals.map(({ tgid: _, ...thread }) => {
    const stat = stats.get(thread.tid) ?? process.stat;
    return {
      ...thread,
      policy: policyName(stat.policy),
      nice: stat.nice,
      realtimePriority: stat.realtimePriority,
      faultStallNs: mapMaybe(stallNsByThread, (byThread) => byThread.get(thread.tid) ?? 0),
      affinity: affinities.get(thread.tid) ?? missing('gone', `status of ${thread.tid}`),
    };
  });
}

function machineFrame(before: WatchReading, after: WatchReading, elapsedNs: number): MachineFrame {
  const machine = computeMachineInterval(before.machine, after.machine, elapsedNs);
  return {
    cpus: mapMaybe(machine.cpus, (cpus) =>
      [...cpus].map(([cpu, times]) => cpuFrame(cpu, times)).sort((a, b) => a.cpu - b.cpu),
    ),
    pressurePct: machine.pressurePct,
    memory: mapMaybe(after.memory, ({ totalBytes, availableBytes }) => ({ totalBytes, availableBytes })),
    vmstat: mapMaybe(machine.vmstat, (counters) =>
      Object.fromEntries(
        WATCHED_COUNTERS.flatMap((name) => {
          const count = counters.get(name);
          return count === undefined ? [] : [[name, count] as const];
        }),
      ),
    ),
  };
}

/** Shares of what the kernel accounted, which with its ticks is a little more or less than the interval. */
function cpuFrame(cpu: number, times: CpuTimesNs): CpuFrame {
  const wholeNs = Object.values(times).reduce((total, ns) => total + ns, 0);
  const share = (ns: number) => (wholeNs === 0 ? 0 : (ns / wholeNs) * 100);
  return {
    cpu,
    busyPct: share(wholeNs - times.idleNs - times.iowaitNs),
    stealPct: share(times.stealNs),
  };
}

/** Percent of one CPU, so more than 100 where several threads ran; missing as the run time is. */
export function cpuPctOf({ activity }: TargetFrame, { elapsedNs }: WatchFrame): Maybe<number> {
  return isMissing(activity.runTimeNs) ? activity.runTimeNs : (activity.runTimeNs / elapsedNs) * 100;
}
