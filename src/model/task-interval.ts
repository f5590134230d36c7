/** What threads and processes did between two readings of them. */
import { isMissing, type Maybe, mapMaybe, missing } from '../base/missing.ts';
import { both, difference, sum } from './difference.ts';
import { type ProcessReading, type ThreadReading, taskKey } from './snapshot.ts';

/** What one thread did in the interval. Differences are numbers; absent where a counter is missing or went back. */
export interface ThreadInterval {
  readonly tgid: number;
  readonly tid: number;
  readonly comm: string;
  /** The CPU it was on, or last on, at the end. */
  readonly cpu: number;
  readonly state: string;
  /** Born after the first snapshot: its counters started at zero, so they are differences already. */
  readonly born: boolean;
  readonly runTimeNs: Maybe<number>;
  readonly runDelayNs: Maybe<number>;
  readonly migrations: Maybe<number>;
  readonly voluntarySwitches: Maybe<number>;
  readonly involuntarySwitches: Maybe<number>;
  readonly minorFaults: Maybe<number>;
  readonly majorFaults: Maybe<number>;
}

export interface ProcessInterval {
  readonly tgid: number;
  readonly comm: string;
  readonly parent: number;
  readonly isKernelThread: boolean;
  /** Started after the first snapshot. */
  readonly born: boolean;
  /** Threads alive at the end. */
  readonly threads: readonly ThreadInterval[];
  readonly bornThreads: number;
  /** Of those seen at the start; threads that came and went in between are in no list. */
  readonly endedThreads: number;
  /** Of the group: the exact sum over threads, or where ended threads ran too, the group's clock ticks. */
  readonly runTimeNs: Maybe<number>;
  /** Sums over the threads alive at the end: the kernel keeps no sum of these for ended ones. */
  readonly runDelayNs: Maybe<number>;
  readonly migrations: Maybe<number>;
  readonly voluntarySwitches: Maybe<number>;
  readonly involuntarySwitches: Maybe<number>;
  /** Of the group, threads that died in the interval included. */
  readonly minorFaults: Maybe<number>;
  readonly majorFaults: Maybe<number>;
  /** Of children, counted by the kernel when they are waited for. */
  readonly childMinorFaults: Maybe<number>;
  readonly childMajorFaults: Maybe<number>;
  readonly rssBytes: number | null;
  /** By how much that grew; negative where it shrank, null where it is not known at both ends. */
  readonly rssGrowthBytes: number | null;
}

/**
 * User and system time of a group are each cut to a clock tick of 10 ms (1/100 s, USER_HZ on all but one
 * architecture), so a difference of their sum says nothing below two ticks.
 */
const TICKS_BLUR_NS = 20e6;

/** @param before the earlier reading; undefined, or of another task with the same id, where it is newly born */
export function processInterval(before: ProcessReading | undefined, after: ProcessReading): ProcessInterval {
  const same = before !== undefined && taskKey(before.stat) === taskKey(after.stat) ? before : undefined;
  const known = new Map(same?.threads.map((thread) => [taskKey(thread.stat), thread]));
  const threads = after.threads.map((thread) => threadInterval(known.get(taskKey(thread.stat)), thread));
  const ofGroup = (name: string, pick: (stat: ProcessReading['stat']) => bigint) =>
    difference(same === undefined ? 0n : pick(same.stat), pick(after.stat), name);
  const bornThreads = threads.filter((thread) => thread.born).length;
  return {
    tgid: after.tgid,
    comm: after.stat.comm,
    parent: after.stat.parent,
    isKernelThread: after.stat.isKernelThread,
    born: same === undefined,
    threads,
    bornThreads,
    endedThreads: known.size - (threads.length - bornThreads),
    runTimeNs: groupRunTime(
      sum(threads.map((thread) => thread.runTimeNs)),
      ofGroup('utime and stime', (stat) => stat.userNs + stat.systemNs),
    ),
    runDelayNs: sum(threads.map((thread) => thread.runDelayNs)),
    migrations: sum(threads.map((thread) => thread.migrations)),
    voluntarySwitches: sum(threads.map((thread) => thread.voluntarySwitches)),
    involuntarySwitches: sum(threads.map((thread) => thread.involuntarySwitches)),
    minorFaults: ofGroup('minflt', (stat) => stat.minorFaults),
    majorFaults: ofGroup('majflt', (stat) => stat.majorFaults),
    childMinorFaults: ofGroup('cminflt', (stat) => stat.childMinorFaults),
    childMajorFaults: ofGroup('cmajflt', (stat) => stat.childMajorFaults),
    rssBytes: after.stat.rssBytes === null ? null : Number(after.stat.rssBytes),
    rssGrowthBytes: rssGrowth(same, after),
  };
}

function rssGrowth(before: ProcessReading | undefined, after: ProcessReading): number | null {
  const [then, now] = [before === undefined ? 0n : before.stat.rssBytes, after.stat.rssBytes];
  return then === null || now === null ? null : Number(now) - Number(then);
}

/** The exact sum of the living, unless the coarse sum of the group shows that ended threads ran as well. */
function groupRunTime(ofThreads: Maybe<number>, ofTicks: Maybe<number>): Maybe<number> {
  if (isMissing(ofThreads)) return ofTicks;
  if (isMissing(ofTicks)) return ofThreads;
  return ofTicks > ofThreads + TICKS_BLUR_NS ? ofTicks : ofThreads;
}

function threadInterval(before: ThreadReading | undefined, after: ThreadReading): ThreadInterval {
  const counter = (name: string, pick: (thread: ThreadReading) => Maybe<bigint | null>): Maybe<number> => {
    const now = nullIsMissing(pick(after), name);
    const then = before === undefined ? 0n : nullIsMissing(pick(before), name);
    return both(then, now, (a, b) => difference(a, b, name));
  };
  return {
    tgid: after.tgid,
    tid: after.tid,
    comm: after.stat.comm,
    cpu: after.stat.cpu,
    state: after.stat.state,
    born: before === undefined,
    runTimeNs: counter('run time', (thread) => mapMaybe(thread.schedstat, (s) => s.runTimeNs)),
    runDelayNs: counter('run delay', (thread) => mapMaybe(thread.schedstat, (s) => s.runDelayNs)),
    migrations: counter('se.nr_migrations', (thread) => mapMaybe(thread.sched, (s) => s.migrations)),
    voluntarySwitches: counter('nr_voluntary_switches', (t) => mapMaybe(t.sched, (s) => s.voluntarySwitches)),
    involuntarySwitches: counter('nr_involuntary_switches', (t) =>
      mapMaybe(t.sched, (s) => s.involuntarySwitches),
    ),
    minorFaults: counter('minflt', (thread) => thread.stat.minorFaults),
    majorFaults: counter('majflt', (thread) => thread.stat.majorFaults),
  };
}

function nullIsMissing<T>(value: Maybe<T | null>, name: string): Maybe<T> {
  return value === null ? missing('absent', name) : (value as Maybe<T>);
}
