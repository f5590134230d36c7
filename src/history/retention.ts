/** How long a history keeps what, and how large it may become. */

/** Roll-ups: with each step, the series cost a sixth to a tenth of the step before. */
export const SERIES_STEPS_SEC = [10, 60, 600] as const;

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;

export interface HistoryLimits {
  /** Whole frames: for replay. */
  readonly framesForMs: number;
  /** By step of SERIES_STEPS_SEC. */
  readonly seriesForMs: readonly [number, number, number];
  readonly eventsForMs: number;
  /** Of each kind, the newest are kept: a storm of one kind does not push out the others. */
  readonly mostEventsOfKind: number;
  /** What the flight recorder keeps: of single slow faults and late moments, the worst of each minute. */
  readonly slow: SlowLimits;
  /** Of the file. Where it is reached before the ages, the oldest frames go first. */
  readonly mostBytes: number;
}

export interface SlowLimits {
  /** Of each kind and minute. */
  readonly mostOfMinute: number;
  /** Until then; of older minutes fewer are kept. */
  readonly wholeForMs: number;
  readonly mostOfOldMinute: number;
}

export const DEFAULT_LIMITS: HistoryLimits = {
  framesForMs: 7 * DAY_MS,
  seriesForMs: [2 * DAY_MS, 31 * DAY_MS, 400 * DAY_MS],
  eventsForMs: 31 * DAY_MS,
  mostEventsOfKind: 50_000,
  slow: { mostOfMinute: 300, wholeForMs: 30 * 60_000, mostOfOldMinute: 5 },
  mostBytes: 512 * 1024 * 1024,
};
