/**
 * Whether something happens again and again after the same time, though on no grid, so that no period fits long
 * (tick-detection.ts): a timer that is set again when it fires, such as setInterval of Node.js, whose phase wanders; or a
 * loop that sleeps for a time and works for another, which has no rate of its own.
 *
 * Of the first, one run begins so long after the last began (and later still where the last had to wait for a CPU); of
 * the second, after it ended. Both are chains (event-chain.ts), looked for among all runs, among those a timer began and
 * among those with most work behind them, because a thread does other things besides.
 */
import { type Chain, type ChainEvents, likelyPeriodsNs, longestChain, NEAR_NS } from './event-chain.ts';
import { LEAST_EVENTS, LEAST_NS, type WeighedEvent } from './tick-detection.ts';

/** From a wake-up to the next sleep. Its weight is the time it ran. */
export interface Run extends WeighedEvent {
  /** Time of it in which it could not run. */
  readonly lateNs: number;
  /** The part of it before it ran at all. */
  readonly waitNs: number;
  /** null where that is not known. */
  readonly byTimer: boolean | null;
}

export interface Recurrence {
  /** Whether the time from begin to begin is the same, or that from the end of one to the begin of the next. */
  readonly kind: 'restarts' | 'free-running';
  readonly hz: number;
  /** From begin to begin: on average, and the median one. */
  readonly periodNs: number;
  readonly medianNs: number;
  /** When each one began, in order. */
  readonly startsNs: readonly number[];
  /** From the first to the last; more than were seen where some were missed. */
  readonly periods: number;
  /** All sleeps are of one length, whatever was worked: no due times are kept, even if a grid fits for a while. */
  readonly sleepsTheSame: boolean;
}

/** Slower ones are hard to tell from chance, quicker ones from the tick of the kernel. */
const LEAST_PERIOD_NS = 5e6;
/** What recurs sooner also does so after twice the time: it is looked for as well. */
const SHORTEST_NS = 2e6;
const MOST_PERIOD_NS = 125e6;
const LIKELY_PERIODS = 6;
/** Among more, chance has a next one ready for each. */
const MOST_PER_SEC = 400;
export const MOST_RUNS = 12_000;
/** As shares of the work that the middle one of the work has behind it: what works less is left out. */
const WORK_SHARES = [0, 0.1, 0.2, 0.35, 0.5, 0.7] as const;
/** What is left of the share of the time that the chain covers when breaks and chance are taken off: of random ones 0.3 at most. */
const LEAST_CLEAR = 0.42;
/** One that is so much shorter is not the same period. */
const SHORTER = 0.75;
const LEAST_BY_TIMER = 0.6;
const OTHERS_VALUE = 0.4;
const LEAST_LINKS = LEAST_EVENTS / 2;
/** One that came later than usual is no missed one: those are seldom much shorter than two periods. */
const TO_A_WHOLE = 0.25;
/** Longer pauses are no missed periods. */
const MOST_MISSED = 10;
/** With less work, it is the same from begin to begin and from end to begin. */
const LEAST_WORK = 0.02;
/** Sleeps of one and the same length, without exception: nothing but a loop that always sleeps so long. */
const SAME_NS = 300_000;
const LEAST_SAME = 0.97;
/** Of sleeps to due times, those behind longer work are shorter by as much. */
const LEAST_SLOPE = -0.5;
/** So much steadier must the sleeps be than the times from begin to begin. */
const STEADIER = 0.6;
/** Where all runs work as long as each other, that cannot be told. */
const TELLING_NS = 150_000;

interface Found {
  readonly runs: readonly Run[];
  readonly chain: Chain;
  /** From what to the next one, link by link. */
  readonly timesNs: readonly number[];
  readonly periodNs: number;
  /** See LEAST_CLEAR. */
  readonly clear: number;
}

/** @param runs in order. @returns null where they are too few or too short, or nothing recurs */
export function detectRecurrence(runs: readonly Run[]): Recurrence | null {
  if (runs.filter((one) => one.byTimer === true).length < LEAST_LINKS) return null;
  const restarting = clearest(runs, 'begin');
  const looping = clearest(runs, 'end');
  const sleepsTheSame = looping !== null && hasSameSleeps(looping);
  const isLoop = looping !== null && (sleepsTheSame || sleepsAreSteadier(looping, restarting));
  if (isLoop) return { kind: 'free-running', sleepsTheSame, ...rateOf(looping) };
  return restarting === null ? null : { kind: 'restarts', sleepsTheSame, ...rateOf(restarting) };
}

type Origin = 'begin' | 'end';

function clearest(runs: readonly Run[], origin: Origin): Found | null {
  let best: Found | null = null;
  for (const some of selections(runs)) {
    const found = clearestOf(some, origin);
    if (found !== null && (best === null || isBetter(found, best))) best = found;
  }
  return best === null || best.periodNs < LEAST_PERIOD_NS ? null : best;
}

/** What recurs also does so after two periods; a break may be passed over there. */
function isBetter(one: Found, best: Found): boolean {
  const ratio = one.periodNs / best.periodNs;
  return ratio < SHORTER || (ratio * SHORTER < 1 && one.clear > best.clear);
}

/** Runs that may be those that recur, without others; no two selections of as many runs. */
function selections(runs: readonly Run[]): Run[][] {
  const usualNs = middleOfWork(runs);
  const bySize = new Map<number, Run[]>();
  for (const some of [runs.filter((one) => one.byTimer !== false), runs]) {
    for (const share of WORK_SHARES) {
      const working = some.filter((one) => one.weightNs >= share * usualNs);
      const perSec = (working.length * 1e9) / Math.max(1, spanNs(working));
      const enough = working.length >= LEAST_EVENTS && spanNs(working) >= LEAST_NS;
      if (enough && perSec <= MOST_PER_SEC && !bySize.has(working.length))
        bySize.set(working.length, working);
    }
  }
  return [...bySize.values()];
}

/** Half of all work lies in runs that work at least so much. */
function middleOfWork(runs: readonly Run[]): number {
  const weights = runs.map((one) => one.weightNs).sort((a, b) => b - a);
  let restNs = sum(weights) / 2;
  for (const ns of weights) {
    restNs -= ns;
    if (restNs <= 0) return ns;
  }
  return 0;
}

function spanNs(runs: readonly Run[]): number {
  return (runs.at(-1)?.timeNs ?? 0) - (runs[0]?.timeNs ?? 0);
}

function wallNs({ weightNs, lateNs }: Run): number {
  return weightNs + lateNs;
}

/** A thread that is awake when its timer fires needs no wake-up: one by somebody else may be the run, but says less. */
function linkValue({ byTimer }: Run): number {
  return byTimer === false ? OTHERS_VALUE : 1;
}

function clearestOf(runs: readonly Run[], origin: Origin): Found | null {
  const events: ChainEvents = {
    startsNs: Float64Array.from(runs, (one) => one.timeNs),
    originsNs: Float64Array.from(runs, (one) => one.timeNs + (origin === 'end' ? wallNs(one) : 0)),
    slackNs: Float64Array.from(runs, (one) => (origin === 'end' ? 0 : one.waitNs)),
    values: Float64Array.from(runs, linkValue),
  };
  let best: Found | null = null;
  for (const periodNs of likelyPeriodsNs(events, [SHORTEST_NS, MOST_PERIOD_NS], LIKELY_PERIODS)) {
    const chain = longestChain(events, periodNs);
    const found = chain === null ? null : judged(runs, events, chain);
    if (found === null || found.clear <= LEAST_CLEAR) continue;
    if (best === null || isBetter(found, best)) best = found;
  }
  return best;
}

/** What chance does: it has so many others ready where the next one is looked for. */
function judged(runs: readonly Run[], events: ChainEvents, chain: Chain): Found | null {
  const { indexes, linked, score } = chain;
  const timer = indexes.filter((i) => runs[i]?.byTimer === true).length;
  const known = indexes.filter((i) => runs[i]?.byTimer !== null).length;
  if (timer < LEAST_BY_TIMER * known || chain.links < LEAST_LINKS) return null;
  const starts = indexes.map((i) => events.startsNs[i] as number);
  const between = starts.slice(1).flatMap((ns, k) => (linked[k] ? [ns - (starts[k] as number)] : []));
  const timesNs = starts
    .slice(1)
    .flatMap((ns, k) => (linked[k] ? [ns - (events.originsNs[indexes[k] as number] as number)] : []));
  const length = spanNs(runs);
  const others = sum(runs.map(linkValue)) - sum(indexes.map((i) => linkValue(runs[i] as Run)));
  const byChance = (others * 2 * NEAR_NS) / length;
  return {
    runs,
    chain,
    timesNs,
    periodNs: median(between),
    clear: (score * mean(between)) / length - byChance,
  };
}

function hasSameSleeps(looping: Found): boolean {
  const usualNs = median(looping.timesNs);
  const same = looping.timesNs.filter((ns) => Math.abs(ns - usualNs) <= SAME_NS).length;
  const covered = (looping.chain.links * looping.periodNs) / spanNs(looping.runs);
  const share = (same / looping.timesNs.length) * Math.min(1, covered);
  return share >= LEAST_SAME && workShare(looping) >= LEAST_WORK && slopeByWork(looping) > LEAST_SLOPE;
}

function sleepsAreSteadier(looping: Found, restarting: Found | null): boolean {
  if (workShare(looping) < LEAST_WORK || spread(linkedRuns(looping).map(wallNs)) < TELLING_NS) return false;
  return restarting === null || spread(looping.timesNs) < STEADIER * spread(restarting.timesNs);
}

/** Of the links, the runs they set out from. */
function linkedRuns({ runs, chain: { indexes, linked } }: Found): Run[] {
  return indexes.slice(0, -1).flatMap((i, k) => (linked[k] ? [runs[i] as Run] : []));
}

function workShare(found: Found): number {
  return mean(linkedRuns(found).map((one) => one.weightNs)) / found.periodNs;
}

/** How much longer a sleep is where the work before it was longer: 0 in a loop, -1 where due times are kept. */
function slopeByWork(looping: Found): number {
  const works = linkedRuns(looping).map(wallNs);
  const [meanWork, meanTime] = [mean(works), mean(looping.timesNs)];
  const square = sum(works.map((ns) => (ns - meanWork) ** 2));
  const cross = sum(works.map((ns, i) => (ns - meanWork) * ((looping.timesNs[i] as number) - meanTime)));
  return square === 0 ? 0 : cross / square;
}

/**
 * From one that a timer began to the next such one: another's wake-up only stands near. Time that a run waited for a CPU
 * makes a period longer, and is no missed one.
 */
function rateOf({ runs, chain, periodNs: medianNs }: Found): Omit<Recurrence, 'kind' | 'sleepsTheSame'> {
  const byTimer = chain.indexes.filter((i) => runs[i]?.byTimer !== false);
  let [sumNs, periods, missed] = [0, 0, 0];
  for (const [k, to] of byTimer.entries()) {
    const from = byTimer[k - 1];
    if (from === undefined) continue;
    const ns = (runs[to] as Run).timeNs - (runs[from] as Run).timeNs;
    const waitedNs = sum(runs.slice(from, to).map((one) => one.waitNs));
    const count = Math.max(1, Math.floor((ns - waitedNs) / medianNs + TO_A_WHOLE));
    if (count <= MOST_MISSED) {
      sumNs += ns;
      periods += count;
    } else missed += count;
  }
  const startsNs = chain.indexes.map((i) => (runs[i] as Run).timeNs);
  const periodNs = sumNs / periods;
  return { hz: 1e9 / periodNs, periodNs, medianNs, startsNs, periods: periods + missed + 1 };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

/** Mean distance from the median. */
function spread(values: readonly number[]): number {
  const middle = median(values);
  return mean(values.map((value) => Math.abs(value - middle)));
}
