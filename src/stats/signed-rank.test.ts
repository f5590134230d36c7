import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, spread } from './order.ts';
import { absoluteRanks, hodgesLehmann, signedRankSum } from './signed-rank.ts';

describe('signed ranks', () => {
  it("of Darwin's maize: the rank sum that R gives (wilcox.test: V = 96)", () => {
    const differences = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
    const ranks = absoluteRanks(differences);
    const positive = differences.reduce((sum, d, i) => sum + (d > 0 ? (ranks[i] as number) : 0), 0);
    expect(positive).toBe(96);
    expect(signedRankSum(differences, ranks)).toBe(2 * 96 - (15 * 16) / 2);
  });

  it('gives equal differences the mean of their ranks, and nothing no side', () => {
    expect([...absoluteRanks([2, -2, 0, 5])]).toEqual([2.5, 2.5, 1, 4]);
    expect(signedRankSum([2, -2, 0, 5], absoluteRanks([2, -2, 0, 5]))).toBe(4);
  });
});

describe('hodgesLehmann', () => {
  it('estimates the depression scores of Hollander and Wolfe, between the 9th Walsh averages of 9 pairs', () => {
    const x = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const y = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    const differences = x.map((value, i) => (y[i] as number) - value);
    const { estimate, low, high } = hodgesLehmann(differences);
    expect(estimate).toBeCloseTo(-0.46, 2);
    // P(W <= 8) = 25 / 512 is the last below 5 % for nine pairs, by enumeration of all signs.
    const averages = differences.flatMap((a, i) => differences.slice(i).map((b) => (a + b) / 2));
    averages.sort((a, b) => a - b);
    expect([low, high]).toEqual([averages.at(8), averages.at(-9)]);
    expect(lowerTail(9, 8)).toBeLessThanOrEqual(0.05);
    expect(lowerTail(9, 9)).toBeGreaterThan(0.05);
  });

  it('moves with the values, turns with their sign, and lies in its interval', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.integer({ min: -500, max: 500 }), (list, by) => {
        const { estimate, low, high } = hodgesLehmann(list);
        expect(low).toBeLessThanOrEqual(estimate);
        expect(high).toBeGreaterThanOrEqual(estimate);
        expect(hodgesLehmann(list.map((value) => value + by)).estimate).toBe(estimate + by);
        expect(hodgesLehmann(list.map((value) => 0 - value)).low + high).toBe(0);
      }),
    );
  });
});

describe('median and spread', () => {
  it('are not moved by one wild value', () => {
    expect(median([3, 1, 1e9, 2])).toBe(2.5);
    expect(spread([1, 2, 3, 4, 1e9])).toBeCloseTo(1.4826, 4);
  });
});

/** The chance that the ranks of one sign sum to at most `most`, over all signs of n ranks. */
function lowerTail(n: number, most: number): number {
  let count = 0;
  for (let signs = 0; signs < 2 ** n; signs += 1) {
    let sum = 0;
    for (let rank = 1; rank <= n; rank += 1) sum += (signs >> (rank - 1)) & 1 ? rank : 0;
    if (sum <= most) count += 1;
  }
  return count / 2 ** n;
}
