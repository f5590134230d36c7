/** What a process or thread did over many intervals: the sums of its counters, and its run time by CPU and time. */
import type { Maybe } from '../base/missing.ts';
import {
  type Activity,
  addCpuShares,
  COUNTERS,
  type CounterName,
  type Counters,
  type CpuShare,
} from './activity.ts';
import { sum } from './difference.ts';

/** A stretch of the timeline: one interval, or several once there are many. */
export interface Stretch {
  readonly elapsedNs: number;
  readonly cpus: readonly CpuShare[];
}

export interface Totals extends Counters {
  readonly tgid: number;
  readonly tid: number | null;
  /** The last one: a task may rename itself. */
  readonly comm: string;
  readonly intervals: number;
  readonly elapsedNs: number;
  readonly rss: {
    readonly firstBytes: number;
    readonly lastBytes: number;
    readonly mostBytes: number;
  } | null;
  /** Alive at the end. */
  readonly threads: number;
  readonly bornThreads: number;
  readonly endedThreads: number;
  readonly cpus: readonly CpuShare[];
  readonly timeline: readonly Stretch[];
}

/** More stretches than a screen has columns say nothing; a monitor may run for days. */
const MOST_STRETCHES = 512;

/** The totals with one more interval; `totals` is undefined before the first. */
export function addInterval(totals: Totals | undefined, activity: Activity, elapsedNs: number): Totals {
  const counters = Object.fromEntries(
    COUNTERS.map((name: CounterName): [CounterName, Maybe<number>] => [
      name,
      totals === undefined ? activity[name] : sum([totals[name], activity[name]]),
    ]),
  ) as Record<CounterName, Maybe<number>>;
  return {
    ...counters,
    tgid: activity.tgid,
    tid: activity.tid,
    comm: activity.comm,
    intervals: (totals?.intervals ?? 0) + 1,
    elapsedNs: (totals?.elapsedNs ?? 0) + elapsedNs,
    rss: addRss(totals?.rss ?? null, activity.rssBytes),
    threads: activity.threads,
    bornThreads: (totals?.bornThreads ?? 0) + activity.bornThreads,
    endedThreads: (totals?.endedThreads ?? 0) + activity.endedThreads,
    cpus: addCpuShares([...(totals?.cpus ?? []), ...activity.cpus]),
    timeline: halved([...(totals?.timeline ?? []), { elapsedNs, cpus: activity.cpus }]),
  };
}

function addRss(known: Totals['rss'], bytes: number | null): Totals['rss'] {
  if (bytes === null) return known;
  return {
    firstBytes: known?.firstBytes ?? bytes,
    lastBytes: bytes,
    mostBytes: Math.max(known?.mostBytes ?? 0, bytes),
  };
}

/** Joins neighbours once there are too many. */
function halved(timeline: readonly Stretch[]): readonly Stretch[] {
  if (timeline.length < MOST_STRETCHES) return timeline;
  const joined: Stretch[] = [];
  for (let at = 0; at < timeline.length; at += 2) {
    const pair = timeline.slice(at, at + 2);
    joined.push({
      elapsedNs: pair.reduce((total, one) => total + one.elapsedNs, 0),
      cpus: addCpuShares(pair.flatMap((one) => one.cpus)),
    });
  }
  return joined;
}

/**
 * The share of one CPU in use over time, as `columns` equal parts of the whole: 1 is all of it.
 * @param cpu of this CPU alone; of all together where it is null (then more than 1 is possible)
 */
export function busyOverTime(
  timeline: readonly Stretch[],
  cpu: number | null,
  columns: number,
): readonly number[] {
  const wholeNs = timeline.reduce((total, one) => total + one.elapsedNs, 0);
  const columnNs = wholeNs / columns;
  const busy = new Array<number>(columns).fill(0);
  let beganNs = 0;
  for (const { elapsedNs, cpus } of timeline) {
    const ran = cpus.filter((one) => cpu === null || one.cpu === cpu);
    const ratio = ran.reduce((total, one) => total + one.runTimeNs, 0) / elapsedNs;
    const endNs = beganNs + elapsedNs;
    for (let at = Math.floor(beganNs / columnNs); at < columns && at * columnNs < endNs; at += 1) {
      const overlapNs = Math.min(endNs, (at + 1) * columnNs) - Math.max(beganNs, at * columnNs);
      busy[at] = (busy[at] ?? 0) + (ratio * Math.max(0, overlapNs)) / columnNs;
    }
    beganNs = endNs;
  }
  return busy;
}
