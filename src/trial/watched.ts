/** Which thread of a process a trial should watch: the tick thread where there is one, else the one that waits most. */
import type { Sentence } from '../base/sentence.ts';
import { median } from '../stats/order.ts';

/** What one thread did in each of some intervals of equal length. */
export interface ThreadSeries {
  readonly tid: number;
  readonly comm: string;
  readonly wakeUps: readonly number[];
  readonly runTimeNs: readonly number[];
  readonly runDelayNs: readonly number[];
}

export interface Watched {
  readonly tids: readonly number[];
  readonly comm: string;
  /** Of a tick thread: how often it wakes. */
  readonly tickHz: number | null;
  /** How the tick was looked for: every wake-up, or counts of them in intervals. */
  readonly tickBy: 'events' | 'counts';
  readonly because: Sentence;
}

/** A thread whose wake-ups stand on a grid of time. */
export interface SeenTick {
  readonly tid: number;
  readonly hz: number;
}

/** Slower than this, a block of half a second holds too few wake-ups; faster, it is no tick of a program. */
const LEAST_HZ = 10;
const MOST_HZ = 1000;
/** A count of wake-ups is off by one at either end of an interval. */
const COUNT_ERROR = 1.5;
const STEADY_RATIO = 0.12;
/** Intervals that may be unsteady: a tick that is late loses some of its wake-ups. */
const UNSTEADY_RATIO = 0.25;
/** A tick thread does a good part of the work; a timer of a library does not. */
const LEAST_WORK_RATIO = 0.2;

/**
 * @param seen what every wake-up says: a tick, or null for none; undefined where they could not be seen
 * @returns null where no thread ran or waited at all
 */
export function chooseWatched(
  threads: readonly ThreadSeries[],
  intervalNs: number,
  seen?: SeenTick | null,
): Watched | null {
  if (seen === undefined) return tickByCounts(threads, intervalNs) ?? busiest(threads, 'counts');
  const thread = threads.find(({ tid }) => tid === seen?.tid);
  if (seen === null || thread === undefined || !doesItsPart(thread, threads))
    return busiest(threads, 'events');
  const hz = seen.hz.toFixed(1);
  return {
    tids: [seen.tid],
    comm: thread.comm,
    tickHz: seen.hz,
    tickBy: 'events',
    because: {
      en: `it ticks at ${hz} Hz, by its wake-ups`,
      ko: `깨어난 시각으로 보아 ${hz} Hz로 깨어납니다`,
    },
  };
}

/** Steady counts of wake-ups. */
function tickByCounts(threads: readonly ThreadSeries[], intervalNs: number): Watched | null {
  const ticks = threads
    .map((thread) => ({ thread, hz: tickHz(thread, intervalNs) }))
    .filter(({ thread, hz }) => hz !== null && doesItsPart(thread, threads))
    .sort((a, b) => sum(b.thread.runTimeNs) - sum(a.thread.runTimeNs));
  const [tick] = ticks;
  if (tick === undefined || tick.hz === null) return null;
  const hz = tick.hz.toFixed(1);
  return {
    tids: [tick.thread.tid],
    comm: tick.thread.comm,
    tickHz: tick.hz,
    tickBy: 'counts',
    because: { en: `it wakes ${hz} times a second, steadily`, ko: `1초에 ${hz}번 일정하게 깨어납니다` },
  };
}

function doesItsPart(thread: ThreadSeries, threads: readonly ThreadSeries[]): boolean {
  const work = sum(threads.map((one) => sum(one.runTimeNs)));
  return sum(thread.runTimeNs) >= work * LEAST_WORK_RATIO;
}

function busiest(threads: readonly ThreadSeries[], tickBy: Watched['tickBy']): Watched | null {
  const [first] = [...threads].sort((a, b) => busyNs(b) - busyNs(a));
  if (first === undefined || busyNs(first) === 0) return null;
  return {
    tids: [first.tid],
    comm: first.comm,
    tickHz: null,
    tickBy,
    because: { en: 'it waits for a CPU the most', ko: 'CPU를 가장 오래 기다립니다' },
  };
}

/** How steadily it wakes; null where it does not. */
function tickHz({ wakeUps }: ThreadSeries, intervalNs: number): number | null {
  if (wakeUps.length === 0) return null;
  const middle = median(wakeUps);
  const hz = (middle / intervalNs) * 1e9;
  const limit = Math.max(COUNT_ERROR, middle * STEADY_RATIO);
  const unsteady = wakeUps.filter((count) => Math.abs(count - middle) > limit).length;
  return hz >= LEAST_HZ && hz <= MOST_HZ && unsteady <= wakeUps.length * UNSTEADY_RATIO ? hz : null;
}

/** Waiting first; where nobody waits, who runs most. */
function busyNs(thread: ThreadSeries): number {
  return sum(thread.runDelayNs) + sum(thread.runTimeNs) * 1e-3;
}

/** Share of the time in which the busiest thread was running or wanted to, 0 to 1: near 1, it never sleeps. */
export function busiestRatio(threads: readonly ThreadSeries[], intervalNs: number): number {
  return Math.max(
    0,
    ...threads.map(
      (thread) =>
        (sum(thread.runTimeNs) + sum(thread.runDelayNs)) /
        (intervalNs * Math.max(1, thread.runTimeNs.length)),
    ),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
