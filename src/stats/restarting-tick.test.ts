import { describe, expect, it } from 'vitest';
import { detectRecurrence, type Run } from './restarting-tick.ts';
import { random } from './testing/random.ts';

const START_NS = 5e12;
const END_NS = START_NS + 6e9;
const merged = (...parts: Run[][]) => parts.flat().sort((a, b) => a.timeNs - b.timeNs);

/** As setInterval: due so many whole milliseconds after the last run began, at the fraction that the clock then has. */
function interval(periodMs: number, workNs: (next: () => number) => number, seed: number, waitNs = 0): Run[] {
  const next = random(seed);
  const runs: Run[] = [];
  for (let ns = START_NS; ns < END_NS; ) {
    const lateNs = 20_000 + (next() < 0.2 ? next() * waitNs : 0);
    const weightNs = workNs(next);
    runs.push({ timeNs: Math.round(ns), weightNs, lateNs, waitNs: lateNs, byTimer: true });
    const endNs = ns + lateNs + weightNs;
    const dueMs = Math.floor((ns + lateNs) / 1e6) + periodMs;
    ns = endNs + (dueMs - Math.floor(endNs / 1e6)) * 1e6 + 50_000 + next() * 20_000;
  }
  return runs;
}

/** Sleeps for a time, works for another. */
function loop(sleepNs: number, workNs: (next: () => number) => number, seed: number): Run[] {
  const next = random(seed);
  const runs: Run[] = [];
  for (let ns = START_NS; ns < END_NS; ) {
    const weightNs = workNs(next);
    runs.push({ timeNs: Math.round(ns), weightNs, lateNs: 10_000, waitNs: 10_000, byTimer: true });
    ns += 10_000 + weightNs + sleepNs + 50_000 + next() * 20_000;
  }
  return runs;
}

/** @param between the time from one to the next, of a random number */
function arriving(seed: number, between: (next: () => number) => number, byTimer: boolean | null): Run[] {
  const next = random(seed);
  const runs: Run[] = [];
  for (let ns = START_NS; ns < END_NS; ns += 300_000 + between(next))
    runs.push({
      timeNs: Math.round(ns),
      weightNs: 50_000 + next() * 200_000,
      lateNs: 5_000,
      waitNs: 5_000,
      byTimer,
    });
  return runs;
}

const exponential = (meanNs: number) => (next: () => number) => -Math.log(1 - next()) * meanNs;
const varying = (next: () => number) => 1e6 + next() * 2e6;
const light = (next: () => number) => 100_000 + next() * 200_000;
const equal = () => 1.5e6;

function rateOf(runs: readonly Run[]): number {
  return ((runs.length - 1) * 1e9) / ((runs.at(-1)?.timeNs ?? 0) - (runs[0]?.timeNs ?? 0));
}

describe('a timer that is set again when it fires', () => {
  it.each([7, 15, 16, 33, 50])('of %i ms is found beside requests, at the rate it has', (periodMs) => {
    for (const [i, work] of [varying, light, equal].entries()) {
      const runs = interval(periodMs, work, 1 + i);
      const found = detectRecurrence(merged(runs, arriving(11 + i, exponential(8e6), false)));
      expect(found?.kind).toBe('restarts');
      expect(Math.abs((found?.hz ?? 0) / rateOf(runs) - 1)).toBeLessThan(0.01);
    }
  });

  it('is found among other timers of the thread', () => {
    const runs = interval(15, varying, 21);
    const found = detectRecurrence(merged(runs, arriving(22, exponential(20e6), true)));
    expect(Math.abs((found?.hz ?? 0) / rateOf(runs) - 1)).toBeLessThan(0.01);
  });

  it('is found where it had to wait for a CPU: that made periods longer, and missed none', () => {
    const runs = interval(15, varying, 31, 12e6);
    const found = detectRecurrence(runs);
    expect(Math.abs((found?.hz ?? 0) / rateOf(runs) - 1)).toBeLessThan(0.01);
    expect(Math.abs((found?.periods ?? 0) - runs.length)).toBeLessThan(3);
  });

  it('is found where it is missed now and then', () => {
    const runs = interval(15, varying, 41);
    const found = detectRecurrence(runs.filter((_, i) => i % 12 !== 0));
    expect((found?.periods ?? 0) / runs.length).toBeCloseTo(1, 1);
    expect(found?.startsNs.length).toBeLessThan(0.93 * runs.length);
  });
});

describe('a loop that sleeps and works', () => {
  it.each([
    ['for a varying time', varying, false],
    ['for a varying time, beside requests', varying, true],
    ['for the same time', equal, false],
  ] as const)('%s is free-running', (_, work, beside) => {
    const runs = loop(10e6, work, 51);
    const requests = beside ? arriving(52, exponential(20e6), false) : [];
    const found = detectRecurrence(merged(runs, requests));
    expect(found?.kind).toBe('free-running');
    expect(Math.abs((found?.medianNs ?? 0) / (1e9 / rateOf(runs)) - 1)).toBeLessThan(0.03);
    expect(found?.sleepsTheSame).toBe(true);
  });

  it('is told from a timer with due times, whose sleeps are shorter where the work was longer', () => {
    const next = random(61);
    const due = Array.from({ length: 380 }, (_, i) => ({
      timeNs: Math.round(START_NS + i * 15.625e6 + next() * 10_000),
      weightNs: 1.5e6 + next() * 60_000,
      lateNs: 10_000,
      waitNs: 10_000,
      byTimer: true,
    }));
    expect(detectRecurrence(due)?.sleepsTheSame).toBe(false);
  });
});

describe('what does not recur', () => {
  it.each([
    ['wake-ups of timers at random', arriving(71, exponential(16e6), true)],
    ['many of them', arriving(72, exponential(1e6), true)],
    [
      'bursts with random pauses',
      arriving(73, (next) => (next() < 0.12 ? 300e6 * next() : 6e6 * next()), true),
    ],
    ['requests of somebody that asks at a rate', arriving(74, () => 16e6, false)],
    ['too few', interval(15, varying, 75).slice(0, 25)],
    ['a steady rate above those of ticks', arriving(76, () => 3.7e6, true)],
    ['none', []],
  ] as const)('%s', (_, runs) => {
    expect(detectRecurrence(runs)).toBeNull();
  });

  it.each([8, 30, 60, 120, 200, 350])('%i random wake-ups a second, whatever their work', (perSec) => {
    const gaps = [exponential(1e9 / perSec), (next: () => number) => ((0.4 + 1.2 * next()) * 1e9) / perSec];
    const found = Array.from({ length: 20 }, (_, seed) => {
      const next = random(1000 + seed);
      const runs = arriving(2000 + seed, gaps[seed % 2] as (next: () => number) => number, true);
      const heavyTailed = runs.map((one) => ({ ...one, weightNs: 1e4 * (1 - next()) ** -0.8 }));
      return detectRecurrence(seed % 4 < 2 ? runs : heavyTailed);
    });
    expect(found.filter((one) => one !== null)).toEqual([]);
  });
});
