import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeBeforeAfter, rankShares } from './before-after.ts';
import { FAULT_STALL, INSTRUCTIONS } from './objective.ts';

const HIGH = [40, 38, 41, 39, 44, 37, 42, 40];
const LOW = [0, 0.2, 0, 0.1, 0, 0, 0.3, 0];

describe('before and after', () => {
  it('helps where all is lower after it', () => {
    expect(judgeBeforeAfter(FAULT_STALL, HIGH, LOW)).toMatchObject({
      verdict: 'helps',
      baseline: 40,
      value: 0,
    });
  });

  it('hurts where all is higher after it', () => {
    expect(judgeBeforeAfter(FAULT_STALL, LOW, HIGH).verdict).toBe('hurts');
  });

  it('is no difference where it is small, or may be chance', () => {
    const small = HIGH.map((value) => value * 0.9);
    const wild = [0, 0, 90, 0, 80, 90, 0, 85];
    expect(judgeBeforeAfter(FAULT_STALL, HIGH, small).verdict).toBe('no-difference');
    expect(judgeBeforeAfter(FAULT_STALL, wild, wild.toReversed()).verdict).toBe('no-difference');
    expect(judgeBeforeAfter(FAULT_STALL, wild, [0, 0, 0, 90, 0, 0, 0, 85]).verdict).toBe('no-difference');
    expect(judgeBeforeAfter(FAULT_STALL, LOW, LOW).verdict).toBe('no-difference');
  });

  it('helps where more is better and there is more', () => {
    const before = [0.8, 0.82, 0.79, 0.81, 0.8, 0.83];
    const after = before.map((value) => value * 1.5);
    expect(judgeBeforeAfter(INSTRUCTIONS, before, after)).toMatchObject({ verdict: 'helps' });
    expect(judgeBeforeAfter(INSTRUCTIONS, after, before)).toMatchObject({ verdict: 'hurts' });
  });
});

describe('the shares of rank sums', () => {
  it('are those of counting: one in 20 choices of 3 of 6 is the lowest', () => {
    expect(rankShares([4, 5, 6], [1, 2, 3])).toEqual({ asLow: 1 / 20, asHigh: 1 });
    expect(rankShares([1, 1], [1, 1])).toEqual({ asLow: 1, asHigh: 1 });
  });

  it('are as many for one side as for the other, mirrored', () => {
    const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 8 });
    fc.assert(
      fc.property(values, values, (first, second) => {
        const mirror = (all: readonly number[]) => all.map((value) => -value);
        const [one, other] = [rankShares(first, second), rankShares(mirror(first), mirror(second))];
        expect(other.asHigh).toBeCloseTo(one.asLow, 12);
        expect(one.asLow + one.asHigh).toBeGreaterThan(1 - 1e-12);
      }),
    );
  });
});
