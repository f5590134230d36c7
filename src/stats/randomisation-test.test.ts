/** The calibration of docs/trials.md: how often the sequential test rejects where there is nothing to find. */
import { describe, expect, it } from 'vitest';
import { SeededRandom } from './random.ts';
import { mirrored, pValue, SequentialTest, SignVectors } from './randomisation-test.ts';

const LOOKS = [10, 12, 15, 18, 22, 27, 33, 40, 50, 62, 76, 92, 110, 130];
const ALPHA = 0.025;

function firstRejection(differences: readonly number[], vectors: SignVectors, alpha: number): number | null {
  const test = new SequentialTest(vectors, alpha);
  return LOOKS.find((n) => test.look(vectors.compare(differences.slice(0, n)))) ?? null;
}

describe('SequentialTest', () => {
  it('rejects all-negative differences at the first look with 2^-n <= alpha(n)', () => {
    const falling = Array.from({ length: 130 }, (_, i) => -1 - i / 1000);
    const vectors = () => new SignVectors(new SeededRandom(3), 130, 40_000);
    expect(firstRejection(falling, vectors(), ALPHA)).toBe(10);
    expect(firstRejection(falling, vectors(), ALPHA / 4)).toBe(12);
  });

  it('never rejects what is all positive, and says the same for the same seed', () => {
    const rising = Array.from({ length: 130 }, (_, i) => 1 + i / 1000);
    expect(firstRejection(rising, new SignVectors(new SeededRandom(3), 130, 4000), ALPHA)).toBeNull();
    const random = new SeededRandom(11);
    const noise = Array.from({ length: 130 }, () => random.float() - 0.6);
    const verdict = () => firstRejection(noise, new SignVectors(new SeededRandom(4), 130, 4000), ALPHA);
    expect(verdict()).toBe(verdict());
  });

  it('rejects nothing in 2.5 % of trials whatever the tails, over all looks (20,000 trials, 3 s.e.)', () => {
    // Symmetric and without a mean: a ratio of uniforms, cubed. New vectors every 40 trials: with one set for all, the
    // luck of that set would be measured. Fewer and shorter ones than in a trial, for time; the claim is the same.
    const random = new SeededRandom(5);
    let vectors = new SignVectors(random, 40, 400);
    let rejections = 0;
    const trials = 20_000;
    for (let trial = 0; trial < trials; trial += 1) {
      if (trial % 40 === 0) vectors = new SignVectors(random, 40, 400);
      const tailed = () => ((random.float() - 0.5) / (random.float() + 1e-9)) ** 3;
      const differences = Array.from({ length: 40 }, tailed);
      const test = new SequentialTest(vectors, ALPHA);
      if ([10, 20, 40].some((n) => test.look(vectors.compare(differences.slice(0, n))))) rejections += 1;
    }
    const error = Math.sqrt((ALPHA * (1 - ALPHA)) / trials);
    expect(Math.abs(rejections / trials - ALPHA)).toBeLessThan(3 * error);
  });

  it('finds a shift of one standard deviation before the last look', () => {
    const random = new SeededRandom(6);
    const normal = () => Array.from({ length: 12 }, () => random.float()).reduce((a, b) => a + b, -6);
    const differences = Array.from({ length: 130 }, () => normal() - 1);
    const found = firstRejection(differences, new SignVectors(random, 130, 4000), ALPHA / 4);
    expect(found).not.toBeNull();
    expect(found as number).toBeLessThanOrEqual(40);
  });
});

describe('pValue', () => {
  it('is large for nothing, smallest possible for all negative, largest for the mirror', () => {
    const vectors = new SignVectors(new SeededRandom(7), 20, 4000);
    const alternating = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + i));
    expect(pValue(vectors.compare(alternating))).toBeGreaterThan(0.2);
    const falling = vectors.compare(Array.from({ length: 20 }, (_, i) => -1 - i));
    expect(pValue(falling)).toBeLessThanOrEqual(2 / 4001);
    expect(pValue(mirrored(falling))).toBe(1);
  });
});
