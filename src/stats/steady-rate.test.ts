import { describe, expect, it } from 'vitest';
import { SeededRandom } from './random.ts';
import { fitRate, isSteady, type RatePoint } from './steady-rate.ts';

/** How many of the moments have passed, read every 100 ms for ten seconds. */
function readings(moments: readonly number[]): RatePoint[] {
  return Array.from({ length: 101 }, (_, i) => {
    const timeNs = i * 100e6;
    return { timeNs, count: moments.filter((moment) => moment <= timeNs).length };
  });
}

function moments(gapNs: (i: number) => number): number[] {
  const all: number[] = [];
  for (let at = gapNs(0); at < 10e9; at += gapNs(all.length)) all.push(at);
  return all;
}

const poisson = (perSec: number, seed: number) => {
  const random = new SeededRandom(seed);
  return moments(() => (-Math.log(1 - random.float()) * 1e9) / perSec);
};

describe('a steady rate', () => {
  it.each([20, 30, 60, 64, 128])('%i Hz is found within half a per cent', (hz) => {
    const rate = fitRate(readings(moments(() => 1e9 / hz)));
    expect(rate !== null && isSteady(rate)).toBe(true);
    expect(Math.abs((rate?.perSec ?? 0) / hz - 1)).toBeLessThan(0.005);
  });

  it('is still one with some wake-ups beside it', () => {
    const rate = fitRate(readings([...moments(() => 1e9 / 64), ...poisson(2, 7)].sort((a, b) => a - b)));
    expect(rate !== null && isSteady(rate)).toBe(true);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('is not seen in wake-ups at random moments (seed %i)', (seed) => {
    const rate = fitRate(readings(poisson(64, seed)));
    expect(rate !== null && isSteady(rate)).toBe(false);
  });

  it('is not seen in bursts with pauses', () => {
    const random = new SeededRandom(3);
    const rate = fitRate(readings(moments((i) => (i % 20 === 0 ? 200e6 * (0.5 + random.float()) : 2e6))));
    expect(rate !== null && isSteady(rate)).toBe(false);
  });

  it('needs three readings, time and events', () => {
    const at = (timeNs: number, count: number) => ({ timeNs, count });
    expect(fitRate([])).toBeNull();
    expect(fitRate([at(0, 0), at(1, 1)])).toBeNull();
    expect(fitRate([at(0, 5), at(1, 5), at(2, 5)])).toBeNull();
    expect(fitRate([at(1, 0), at(1, 1), at(1, 2)])).toBeNull();
  });
});
