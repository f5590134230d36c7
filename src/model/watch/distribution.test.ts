import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDistributions, distributionBetween, NOTHING, quantileNs } from './distribution.ts';

const counted = (events: number, totalNs: number, buckets: readonly number[]) => ({
  events: BigInt(events),
  totalNs: BigInt(totalNs),
  buckets: buckets.map(BigInt),
});

describe('latencies in an interval', () => {
  it('are what the kernel counted between two readings', () => {
    const before = counted(3, 300, [1, 2, 0, 0]);
    expect(distributionBetween(before, counted(5, 900, [1, 3, 1, 0]))).toEqual({
      events: 2,
      totalNs: 600,
      octaves: [0, 1, 1],
    });
    expect(distributionBetween(before, before)).toEqual(NOTHING);
  });

  it('are all of it for a thread that was not there before', () => {
    expect(distributionBetween(undefined, counted(2, 30, [0, 2])).events).toBe(2);
  });

  it('add up', () => {
    const short = { events: 1, totalNs: 5, octaves: [0, 0, 1] };
    const long = { events: 2, totalNs: 70, octaves: [0, 0, 0, 0, 0, 2] };
    expect(addDistributions([short, long])).toEqual({ events: 3, totalNs: 75, octaves: [0, 0, 1, 0, 0, 2] });
    expect(addDistributions([])).toEqual(NOTHING);
  });

  it('give quantiles within a factor of the square root of two', () => {
    const values = fc.array(fc.integer({ min: 1, max: 2 ** 39 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
        const octaves = new Array<number>(40).fill(0);
        for (const value of list)
          octaves[Math.floor(Math.log2(value))] = (octaves[Math.floor(Math.log2(value))] ?? 0) + 1;
        const truth = [...list].sort((a, b) => a - b)[
          Math.max(1, Math.ceil(share * list.length)) - 1
        ] as number;
        const found = quantileNs({ events: list.length, totalNs: 0, octaves }, share) as number;
        expect(Math.max(found / truth, truth / found)).toBeLessThan(1.4143);
      }),
    );
    expect(quantileNs(NOTHING, 0.5)).toBeNull();
  });
});
