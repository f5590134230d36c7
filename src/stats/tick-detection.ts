/**
 * Whether something happens at a fixed rate, and at which: the wake-ups of a thread, each weighed by the work behind it.
 *
 * The rate is looked for by the coherence of phases (the Rayleigh statistic, Mardia and Jupp, Directional Statistics,
 * 6.3) in windows of two seconds: at the true rate all events stand at one phase of the period. Harmonics are coherent
 * as well, so the lowest strong rate is taken. It is then refined by least squares over all events that stand near the
 * grid, which also counts the ticks that were missed.
 */

export interface WeighedEvent {
  readonly timeNs: number;
  /** The work behind it, in nanoseconds: what matters among many small wake-ups is the one that works. */
  readonly weightNs: number;
}

export interface Tick {
  readonly hz: number;
  /** When a tick is due: this, and every multiple of the period before and behind. */
  readonly phaseNs: number;
  readonly periodNs: number;
  /** Coherence of the events, 0 to 1. */
  readonly coherenceRatio: number;
  /** Periods from the first to the last tick; in how many of them it came. */
  readonly periods: number;
  readonly ticks: number;
}

/** Below, nobody speaks of a tick; from 200 on, kernel timers draw lines of their own at 250 and 1000. */
export const LOWEST_HZ = 4;
export const HIGHEST_HZ = 200;
const STEP_HZ = 0.1;
const RATES = Math.round((HIGHEST_HZ - LOWEST_HZ) / STEP_HZ) + 1;
const WINDOW_NS = 2e9;
/** Less cannot tell a rate from chance. */
export const LEAST_EVENTS = 30;
export const LEAST_NS = 3.9e9;
/** The heaviest events are enough, and bound the work. */
export const MOST_EVENTS = 3000;
/** Less is a thread that mostly does something else. */
const LEAST_COHERENCE = 0.5;
/** A peak as good as this share of the best one may be the one whose harmonic the best is. */
const AS_STRONG = 0.85;
/** Events stand this near to the grid, as a share of the period. */
const NEAR = 0.2;
const LEAST_TICKS_RATIO = 0.5;

/** @param events not many more than MOST_EVENTS. @returns null where they are too few or too short, or stand on no grid */
export function detectTick(events: readonly WeighedEvent[]): Tick | null {
  const first = events[0];
  const last = events.at(-1);
  if (first === undefined || last === undefined) return null;
  if (events.length < LEAST_EVENTS || last.timeNs - first.timeNs < LEAST_NS) return null;
  const coherence = coherences(events);
  const best = Math.max(...coherence);
  const leastRatio = leastCoherence(events, last.timeNs - first.timeNs);
  if (best < leastRatio) return null;
  const i = lowestPeak(coherence, Math.max(leastRatio, best * AS_STRONG));
  const tick = refined(events, LOWEST_HZ + i * STEP_HZ, coherence[i] as number);
  return tick !== null && tick.ticks >= LEAST_TICKS_RATIO * tick.periods ? tick : null;
}

/**
 * What no chance reaches: of n random phases, the coherence exceeds R with probability exp(-nR^2) (Rayleigh), and the
 * best of all rates is looked at. Few heavy events among many light ones count as few (Kish's effective size).
 */
function leastCoherence(events: readonly WeighedEvent[], lengthNs: number): number {
  const sum = events.reduce((total, { weightNs }) => total + weightNs, 0);
  const squares = events.reduce((total, { weightNs }) => total + weightNs ** 2, 0);
  if (squares === 0) return 1;
  const inWindow = ((sum ** 2 / squares) * WINDOW_NS) / lengthNs;
  return Math.max(LEAST_COHERENCE, Math.sqrt(Math.log(RATES) / inWindow));
}

/** For each rate of the grid, the mean coherence over the windows, weighed by what is in them. */
function coherences(events: readonly WeighedEvent[]): Float64Array {
  const sums = new Float64Array(RATES);
  let total = 0;
  for (const window of windows(events)) {
    const weight = window.reduce((sum, one) => sum + one.weightNs, 0);
    if (weight === 0) continue;
    total += weight;
    addCoherence(window, sums);
  }
  return sums.map((sum) => sum / Math.max(total, 1));
}

function windows(events: readonly WeighedEvent[]): WeighedEvent[][] {
  const byWindow = new Map<number, WeighedEvent[]>();
  const startNs = (events[0] as WeighedEvent).timeNs;
  for (const one of events) {
    const i = Math.floor((one.timeNs - startNs) / WINDOW_NS);
    const known = byWindow.get(i);
    if (known === undefined) byWindow.set(i, [one]);
    else known.push(one);
  }
  return [...byWindow.values()];
}

/** Each event is a pointer that turns by a fixed angle from one rate to the next: no sine for each of them. */
function addCoherence(window: readonly WeighedEvent[], sums: Float64Array): void {
  const real = new Float64Array(sums.length);
  const imaginary = new Float64Array(sums.length);
  const startNs = (window[0] as WeighedEvent).timeNs;
  for (const { timeNs, weightNs } of window) {
    const seconds = (timeNs - startNs) / 1e9;
    const turn = 2 * Math.PI * seconds;
    let [x, y] = [weightNs * Math.cos(turn * LOWEST_HZ), weightNs * Math.sin(turn * LOWEST_HZ)];
    const [c, s] = [Math.cos(turn * STEP_HZ), Math.sin(turn * STEP_HZ)];
    for (let i = 0; i < sums.length; i += 1) {
      real[i] = (real[i] as number) + x;
      imaginary[i] = (imaginary[i] as number) + y;
      const turned = x * c - y * s;
      y = x * s + y * c;
      x = turned;
    }
  }
  for (let i = 0; i < sums.length; i += 1)
    sums[i] = (sums[i] as number) + Math.hypot(real[i] as number, imaginary[i] as number);
}

/** The top of the first hill that reaches the limit. */
function lowestPeak(coherence: Float64Array, limit: number): number {
  let i = coherence.findIndex((value) => value >= limit);
  while (i + 1 < coherence.length && (coherence[i + 1] as number) > (coherence[i] as number)) i += 1;
  return i;
}

/** From the first window on to twice as much each time, so that no period is miscounted on the way. */
function refined(events: readonly WeighedEvent[], hz: number, coherenceRatio: number): Tick | null {
  let periodNs = 1e9 / hz;
  let phaseNs = 0;
  const startNs = (events[0] as WeighedEvent).timeNs;
  const endNs = (events.at(-1) as WeighedEvent).timeNs;
  let grid = new Map<number, number>();
  for (let lengthNs = WINDOW_NS; ; lengthNs *= 2) {
    const within = events.filter((one) => one.timeNs - startNs <= lengthNs);
    phaseNs = startNs + meanPhase(within, startNs, periodNs);
    grid = nearGrid(within, phaseNs, periodNs);
    const fit = leastSquares(grid);
    if (fit === null) return null;
    [phaseNs, periodNs] = fit;
    if (lengthNs >= endNs - startNs) break;
  }
  const indexes = [...grid.keys()];
  const periods = Math.max(...indexes) - Math.min(...indexes) + 1;
  return { hz: 1e9 / periodNs, phaseNs, periodNs, coherenceRatio, periods, ticks: grid.size };
}

function meanPhase(events: readonly WeighedEvent[], startNs: number, periodNs: number): number {
  let [x, y] = [0, 0];
  for (const { timeNs, weightNs } of events) {
    const turn = (2 * Math.PI * (timeNs - startNs)) / periodNs;
    x += weightNs * Math.cos(turn);
    y += weightNs * Math.sin(turn);
  }
  return (Math.atan2(y, x) / (2 * Math.PI)) * periodNs;
}

/** By number of the tick, the heaviest event near it. */
function nearGrid(events: readonly WeighedEvent[], phaseNs: number, periodNs: number): Map<number, number> {
  const grid = new Map<number, WeighedEvent>();
  for (const one of events) {
    const position = (one.timeNs - phaseNs) / periodNs;
    const i = Math.round(position);
    const known = grid.get(i);
    if (Math.abs(position - i) <= NEAR && (known === undefined || one.weightNs > known.weightNs))
      grid.set(i, one);
  }
  return new Map([...grid].map(([i, one]) => [i, one.timeNs]));
}

/** Phase and period of the line through the ticks; null where there are too few. */
function leastSquares(grid: ReadonlyMap<number, number>): [number, number] | null {
  const count = grid.size;
  if (count < 3) return null;
  const entries = [...grid];
  const originNs = (entries[0] as [number, number])[1];
  const meanI = entries.reduce((sum, [i]) => sum + i, 0) / count;
  const meanNs = entries.reduce((sum, [, ns]) => sum + (ns - originNs), 0) / count;
  const up = entries.reduce((sum, [i, ns]) => sum + (i - meanI) * (ns - originNs - meanNs), 0);
  const down = entries.reduce((sum, [i]) => sum + (i - meanI) ** 2, 0);
  if (down === 0 || up <= 0) return null;
  const periodNs = up / down;
  return [originNs + meanNs - meanI * periodNs, periodNs];
}
