import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascending, lowerMedian, quantile, spreadRatio } from './quantiles.ts';

describe('a quantile', () => {
  it.each([
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4], 0.25, 1],
    [[1, 2, 3, 4], 0.26, 2],
    [[1, 2, 3, 4], 1, 4],
    [[1, 2, 3, 4], 0, 1],
    [[7], 0.05, 7],
    [[], 0.5, null],
  ])('of %j at %d is %s', (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected);
  });

  it('is a value that was measured, with at least its share of them at or below it', () => {
    const values = fc.array(fc.double({ noNaN: true, min: 0, max: 1e9 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
        const found = quantile(ascending(list), share) as number;
        expect(list).toContain(found);
        expect(list.filter((one) => one <= found).length).toBeGreaterThanOrEqual(share * list.length - 1e-9);
      }),
    );
  });

  it('leaves the values in their order', () => {
    const values = [3, 1, 2];
    expect(lowerMedian(values)).toBe(2);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('the spread', () => {
  it('is the middle half, of the median', () => {
    expect(spreadRatio([10, 10, 10, 10])).toBe(0);
    expect(spreadRatio([8, 9, 10, 12, 1000])).toBeCloseTo(0.3);
    expect(spreadRatio([])).toBeNull();
    expect(spreadRatio([0, 0, 0])).toBeNull();
  });
});
