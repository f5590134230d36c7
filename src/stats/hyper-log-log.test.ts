import { describe, expect, it } from 'vitest';
import { HyperLogLog, STANDARD_ERROR_PCT } from './hyper-log-log.ts';

/** Four standard errors: one estimate of 16,000 is farther off. */
const MOST_OFF = (4 * STANDARD_ERROR_PCT) / 100;

describe('HyperLogLog', () => {
  it('says 0 of nothing', () => {
    expect(new HyperLogLog().estimate()).toBe(0);
  });

  it.each([10, 1000, 20_000, 60_000, 1_000_000])('counts %i distinct values, each of them twice', (count) => {
    for (const [highStep, lowStep] of [
      [0, 1],
      [1, 0],
      [0, 4096],
      [977, -977],
    ] as const) {
      const seen = new HyperLogLog();
      for (let i = 0; i < 2 * count; i += 1) seen.add((i % count) * highStep, (i % count) * lowStep);
      expect(Math.abs(seen.estimate() / count - 1)).toBeLessThan(MOST_OFF);
    }
  });
});
