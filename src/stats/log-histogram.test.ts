import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogHistogram } from './log-histogram.ts';

function histogramOf(values: readonly number[]): LogHistogram {
  const histogram = new LogHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

describe('LogHistogram', () => {
  it('has no quantile of nothing', () => {
    expect(histogramOf([]).quantile(0.5)).toBeNull();
  });

  it('keeps quantiles within 1.6 % of the true ones, and sum and maximum exactly', () => {
    const values = fc.array(fc.integer({ min: 0, max: 2 ** 45 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
        const histogram = histogramOf(list);
        const sorted = [...list].sort((a, b) => a - b);
        const truth = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] as number;
        expect(Math.abs((histogram.quantile(share) as number) - truth)).toBeLessThanOrEqual(
          truth * 0.016 + 0.5,
        );
        expect(histogram.sum).toBe(list.reduce((sum, value) => sum + value, 0));
        expect(histogram.max).toBe(sorted.at(-1));
      }),
    );
  });

  it('counts by powers of two', () => {
    expect(histogramOf([0, 1, 2, 3, 4, 1023, 1024]).octaves()).toEqual([2, 2, 1, 0, 0, 0, 0, 0, 0, 1, 1]);
  });
});
