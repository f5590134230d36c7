/**
 * Chains of events that follow one another after nearly the same time, though on no common grid: from what each event
 * sets out, and which periods are worth a look.
 *
 * A chain is looked for as a whole (dynamic programming): each link counts, each break costs some. So a few events that
 * happen to stand right are no chain, and one event too many or too few costs a link, not the rate.
 */

export interface ChainEvents {
  /** When each began, in order. */
  readonly startsNs: Float64Array;
  /** From when on the time to the next one counts: its begin, or its end. */
  readonly originsNs: Float64Array;
  /** So much later the next one may be. */
  readonly slackNs: Float64Array;
  /** What a link to it counts, up to 1. */
  readonly values: Float64Array;
}

export interface Chain {
  /** Of its events. */
  readonly indexes: readonly number[];
  /** Whether each but the first follows the one before by a link. */
  readonly linked: readonly boolean[];
  readonly links: number;
  /** What the links count, less what the breaks cost. */
  readonly score: number;
}

/** Timers of programs that count whole milliseconds, such as those of Node.js, come up to one early or late. */
export const NEAR_NS = 800_000;
/** A break costs so many whole links: chance makes short chains only. */
const BREAK_COST = 3;

/** @returns null where no two events stand so */
export function longestChain(events: ChainEvents, periodNs: number): Chain | null {
  const count = events.startsNs.length;
  const scores = new Float64Array(count);
  const before = new Int32Array(count).fill(-1);
  const isLink = new Uint8Array(count);
  let best = 0;
  let first = 0;
  for (let i = 0; i < count; i += 1) {
    first = firstWithin(events, first, i, periodNs);
    if ((scores[best] as number) > BREAK_COST) {
      scores[i] = (scores[best] as number) - BREAK_COST;
      before[i] = best;
    }
    const from = bestBefore(events, scores, first, i, periodNs);
    const reached = from === -1 ? 0 : (scores[from] as number) + (events.values[i] as number);
    if (reached > (scores[i] as number)) {
      scores[i] = reached;
      before[i] = from;
      isLink[i] = 1;
    }
    if ((scores[i] as number) > (scores[best] as number)) best = i;
  }
  return count === 0 || scores[best] === 0 ? null : traced(before, isLink, best, scores[best] as number);
}

/** The first event that one may follow: none before it may. */
function firstWithin(
  { startsNs, originsNs }: ChainEvents,
  from: number,
  i: number,
  periodNs: number,
): number {
  const earliestNs = (startsNs[i] as number) - mostNs(periodNs);
  let first = from;
  while (first < i && (originsNs[first] as number) < earliestNs) first += 1;
  return first;
}

/** However late it was, what comes later is another one. */
function mostNs(periodNs: number): number {
  return 1.5 * periodNs + NEAR_NS;
}

/** Of those an event may follow, the one with most behind it; of equals the one that stands best. */
function bestBefore(
  { startsNs, originsNs, slackNs }: ChainEvents,
  scores: Float64Array,
  first: number,
  i: number,
  periodNs: number,
): number {
  let best = -1;
  let bestOffNs = 0;
  for (let j = first; j < i; j += 1) {
    const offNs = (startsNs[i] as number) - (originsNs[j] as number) - periodNs;
    if (offNs < -NEAR_NS) break;
    if (offNs > NEAR_NS + (slackNs[j] as number)) continue;
    const more = best === -1 ? 1 : (scores[j] as number) - (scores[best] as number);
    if (more > 0 || (more === 0 && Math.abs(offNs) < bestOffNs)) {
      best = j;
      bestOffNs = Math.abs(offNs);
    }
  }
  return best;
}

function traced(before: Int32Array, isLink: Uint8Array, last: number, score: number): Chain {
  const indexes: number[] = [];
  for (let i = last; i !== -1; i = before[i] as number) indexes.push(i);
  indexes.reverse();
  const linked = indexes.slice(1).map((i) => isLink[i] === 1);
  return { indexes, linked, links: linked.filter(Boolean).length, score };
}

const BIN_NS = 250_000;
/** Bins on either side that belong to one hill, and those from which on all is its surroundings. */
const HILL_BINS = 3;
const AWAY_BINS = 8;
const SURROUNDING_BINS = 24;

/** The periods that stand out most among the times from each event to those behind it; the best first. */
export function likelyPeriodsNs(
  events: ChainEvents,
  [leastNs, mostNs]: readonly [number, number],
  most: number,
): number[] {
  const bins = timesBetween(events, mostNs);
  const hills = bins.map((_, i) => sumAround(bins, i));
  const found: { readonly periodNs: number; readonly excess: number }[] = [];
  for (let i = Math.floor(leastNs / BIN_NS); i < hills.length - AWAY_BINS; i += 1) {
    if (!isTop(hills, i)) continue;
    found.push({ periodNs: centreNs(bins, i), excess: (hills[i] as number) - surroundings(hills, i) });
  }
  return found
    .sort((a, b) => b.excess - a.excess)
    .slice(0, most)
    .map(({ periodNs }) => periodNs);
}

function timesBetween({ startsNs, originsNs }: ChainEvents, mostNs: number): Float64Array {
  const bins = new Float64Array(Math.ceil(mostNs / BIN_NS) + SURROUNDING_BINS);
  const limitNs = bins.length * BIN_NS;
  for (let i = 0; i < startsNs.length; i += 1) {
    for (let j = i + 1; j < startsNs.length; j += 1) {
      const ns = (startsNs[j] as number) - (originsNs[i] as number);
      if (ns >= limitNs) break;
      const bin = Math.max(0, Math.floor(ns / BIN_NS));
      bins[bin] = (bins[bin] as number) + 1;
    }
  }
  return bins;
}

function sumAround(bins: Float64Array, i: number): number {
  let sum = 0;
  for (let k = -HILL_BINS; k <= HILL_BINS; k += 1) sum += bins[i + k] ?? 0;
  return sum;
}

function isTop(hills: Float64Array, i: number): boolean {
  const height = hills[i] as number;
  if (height === 0) return false;
  for (let k = 1; k < AWAY_BINS; k += 1) {
    if ((hills[i - k] ?? 0) >= height || (hills[i + k] ?? 0) > height) return false;
  }
  return true;
}

/** The median of what is not near. */
function surroundings(hills: Float64Array, i: number): number {
  const heights: number[] = [];
  for (let k = AWAY_BINS; k <= SURROUNDING_BINS; k += 1) heights.push(hills[i - k] ?? 0, hills[i + k] ?? 0);
  return heights.sort((a, b) => a - b)[heights.length >> 1] as number;
}

function centreNs(bins: Float64Array, i: number): number {
  let [sum, weighed] = [0, 0];
  for (let k = -HILL_BINS; k <= HILL_BINS; k += 1) {
    const count = bins[i + k] ?? 0;
    sum += count;
    weighed += count * (i + k + 0.5);
  }
  return (weighed / sum) * BIN_NS;
}
