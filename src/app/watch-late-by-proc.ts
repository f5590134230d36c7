/** Lateness without events: what the kernel counted between two readings. Times, but no moments. */
import { isMissing, type Missing, mapMaybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { threadList } from '../kernel/task/lists.ts';
import { threadStat } from '../kernel/task/stat.ts';
import { emptyRows } from '../model/late/lateness-rows.ts';
import type { CauseShare } from '../model/late/moments.ts';
import type { LateSummary, LateThread } from '../model/late/summary.ts';
import { type WatchedLate, WITHOUT_EVENTS } from '../model/late/watched.ts';
import type { Clock } from './clock.ts';
import { type LateReading, readLateCounters } from './late-readings.ts';
import { LivingTargets } from './living-targets.ts';
import type { LateRequest } from './watch-late.ts';

const CHECK_EVERY_NS = 200e6;

/** @param because why not by events; null where this was asked for */
export async function watchLateByProc(
  host: Host,
  clock: Clock,
  request: LateRequest,
  because: Missing | null,
): Promise<WatchedLate> {
  const { target, durationNs, signal, overNs } = request;
  const { tgid, tid, comm } = target;
  const cpu = process.cpuUsage();
  const startedUnixMs = clock.unixMs();
  const began = clock.monotonicNs();
  const names = threadNames(host, tgid);
  const before = readLateCounters(host, clock, tgid, tid);
  const living = new LivingTargets(host, [target]);
  // Counters of a process that ends are gone with it: the last reading is kept.
  let last = before;
  let ended = false;
  for (
    let atNs = 0;
    atNs < durationNs && !signal.aborted && !ended;
    atNs = Number(clock.monotonicNs() - began)
  ) {
    await clock.sleep(Math.min(CHECK_EVERY_NS, durationNs - atNs), signal);
    ended = !living.some();
    if (!ended) last = readLateCounters(host, clock, tgid, tid);
  }
  const own = process.cpuUsage(cpu);
  return {
    target: { tgid, tid, comm },
    startedUnixMs,
    startedNs: began,
    elapsedNs: Number(clock.monotonicNs() - began),
    overNs,
    obtainedBy: 'proc',
    because,
    ...WITHOUT_EVENTS,
    ownCpuNs: (own.user + own.system) * 1000,
    ended,
    summary: summaryOf(before, last, tgid, names),
  };
}

/** Read at the begin: a thread that has ended has no name any more. */
function threadNames(host: Host, tgid: number): (tid: number) => string {
  const tids = orNull(host.read(threadList, { pid: tgid })) ?? [];
  const names = new Map(
    tids.map((tid) => [
      tid,
      orNull(mapMaybe(host.read(threadStat, { pid: tgid, tid }), (stat) => stat.comm)),
    ]),
  );
  return (tid) => names.get(tid) ?? '?';
}

function summaryOf(
  before: LateReading,
  after: LateReading,
  tgid: number,
  nameOf: (tid: number) => string,
): LateSummary {
  const threads = [...after.threads.values()]
    .flatMap((reading): LateThread[] => {
      const then = before.threads.get(reading.tid);
      if (then === undefined) return [];
      const task = { tid: reading.tid, tgid, comm: nameOf(reading.tid) };
      const grown = (of: 'runDelayNs' | 'runTimeNs' | 'switches') => {
        const [from, to] = [then[of], reading[of]];
        return isMissing(from) || isMissing(to) ? 0 : Number(to - from);
      };
      const runDelayNs = grown('runDelayNs');
      return [
        { ...WITHOUT_MOMENTS, task, runDelayNs, onCpuNs: grown('runTimeNs'), switches: grown('switches') },
      ];
    })
    .sort((a, b) => b.runDelayNs - a.runDelayNs);
  const waitedNs = threads.reduce((sum, one) => sum + one.runDelayNs, 0);
  const [from, to] = [before.throttledNs, after.throttledNs];
  const throttledNs = isMissing(from) || isMissing(to) ? 0 : Number(to - from);
  const shares = [
    share('quota', Math.min(waitedNs, throttledNs)),
    share('behind', Math.max(0, waitedNs - throttledNs)),
  ];
  return {
    tick: null,
    freeRunning: null,
    moments: null,
    lateNs: waitedNs,
    byCause: shares.filter((one) => one.lateNs > 0).sort((a, b) => b.lateNs - a.lateNs),
    kept: [],
    threads,
    totals: [],
    rows: emptyRows(),
    moves: [],
    faults: {
      minor: grownCount(before.minorFaults, after.minorFaults),
      major: grownCount(before.majorFaults, after.majorFaults),
    },
  };
}

const WITHOUT_MOMENTS = {
  waits: 0,
  p50Ns: null,
  p90Ns: null,
  p99Ns: null,
  p999Ns: null,
  maxNs: null,
  moments: 0,
  lateNs: 0,
  migrations: 0,
  isWorker: false,
} as const;

function share(cause: CauseShare['cause'], lateNs: number): CauseShare {
  return { cause, moments: null, lateNs, by: [] };
}

function grownCount(before: LateReading['minorFaults'], after: LateReading['minorFaults']): number {
  return isMissing(before) || isMissing(after) ? 0 : Number(after - before);
}
