/**
 * Whether a counter grows at a steady rate, from its values at measured times: for wake-ups, whether a thread ticks.
 *
 * A line is laid through the values (least squares). Of a clock that ticks, they stay within a tick of the line however
 * long one looks; of wake-ups at random moments (Poisson) they wander off like a Brownian bridge, whose mean square
 * distance from its chord after N events is N / 6.
 */

export interface RatePoint {
  readonly timeNs: number;
  readonly count: number;
}

export interface SteadyRate {
  readonly perSec: number;
  readonly events: number;
  /** Root mean square distance of the counts from the line, in events. */
  readonly errorEvents: number;
  /** The same as a share of what random moments would give: 0 for a clock, about 1 for Poisson. */
  readonly randomnessRatio: number;
}

/** @returns null with fewer than three points, no time between them or no events */
export function fitRate(points: readonly RatePoint[]): SteadyRate | null {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 3 || last.timeNs <= first.timeNs)
    return null;
  const events = last.count - first.count;
  if (events <= 0) return null;
  const meanTime = mean(points.map(({ timeNs }) => timeNs));
  const meanCount = mean(points.map(({ count }) => count));
  const square = points.reduce((sum, { timeNs }) => sum + (timeNs - meanTime) ** 2, 0);
  const cross = points.reduce((sum, { timeNs, count }) => sum + (timeNs - meanTime) * (count - meanCount), 0);
  const slope = cross / square;
  const squares = points.map(({ timeNs, count }) => (count - meanCount - slope * (timeNs - meanTime)) ** 2);
  const errorEvents = Math.sqrt(mean(squares));
  return { perSec: slope * 1e9, events, errorEvents, randomnessRatio: errorEvents / Math.sqrt(events / 6) };
}

/** Half an event either way is what counting in whole events costs; a tenth more for the moment of reading. */
const COUNTING_EVENTS = 0.6;
/** A fifth of the wandering of random moments: a tick thread that also waits for a lock now and then passes. */
const STEADY_RATIO = 0.2;

export function isSteady({ errorEvents, randomnessRatio }: SteadyRate): boolean {
  return errorEvents <= COUNTING_EVENTS || randomnessRatio <= STEADY_RATIO;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
