/**
 * The procedure over noise, as docs/trials.md claims it; a short form of test/trials/simulation.trials.test.ts, which
 * has the numbers of trials that the tables need.
 */
import { describe, expect, it } from 'vitest';
import { lockedBursts, type Noise, recordedNoises, SYNTHETIC, syntheticNoise } from './testing/noise.ts';
import { simulate } from './testing/simulate.ts';

const NOISES: ReadonlyMap<string, Noise> = new Map([
  ...recordedNoises(),
  ...SYNTHETIC.map((kind) => [kind, syntheticNoise(kind)] as const),
]);

function keptRatio(noise: Noise, factors: readonly number[], trials: number, arm?: number): number {
  let kept = 0;
  for (let seed = 1; seed <= trials; seed += 1) {
    const { keptArm } = simulate({ noise, factors, seed: seed * 7919 });
    if (arm === undefined ? keptArm !== null : keptArm === arm) kept += 1;
  }
  return kept / trials;
}

describe('a trial over noise', () => {
  it('keeps next to nothing that changes nothing', () => {
    const shares = [...NOISES.values()].map((noise) => keptRatio(noise, [1, 1, 1, 1], 20));
    const pooled = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    // 260 trials at 2 %: 5 expected, more than 13 in one of a thousand.
    expect(pooled).toBeLessThanOrEqual(0.05);
  });

  it('finds a quarter of the waiting nearly always, and never keeps four times of it', () => {
    for (const noise of NOISES.values()) {
      expect(keptRatio(noise, [0.25, 1, 1, 1], 6, 1)).toBeGreaterThanOrEqual(5 / 6);
      expect(keptRatio(noise, [4], 6)).toBe(0);
    }
  });

  it('is not fooled by bursts that come once a round; a fixed order is', () => {
    const noise = lockedBursts(12);
    const kept = (reorder?: (arms: readonly number[]) => readonly number[]) => {
      let count = 0;
      for (let seed = 1; seed <= 60; seed += 1) {
        const trial = {
          noise,
          factors: [1],
          seed: seed * 104_729,
          ...(reorder === undefined ? {} : { reorder }),
        };
        if (simulate(trial).keptArm !== null) count += 1;
      }
      return count / 60;
    };
    expect(kept()).toBeLessThanOrEqual(0.1);
    expect(kept((arms) => arms.toSorted((a, b) => a - b))).toBe(1);
  });
});
