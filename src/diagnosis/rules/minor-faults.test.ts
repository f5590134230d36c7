import { describe, expect, it } from 'vitest';
import { isQuiet, only, windowOf } from '../testing/windows.ts';
import { minorFaults } from './minor-faults.ts';

const faulting = (count: bigint, more: object = {}) => ({ tgid: 10, stat: { minorFaults: count, ...more } });

describe('minor-faults', () => {
  it('gives the rate, that of the children, and a share that is an estimate', () => {
    const found = only(
      minorFaults.check(windowOf({ processes: [faulting(10_000n, { childMinorFaults: 50n })] })),
    );
    expect(found).toMatchObject({ mark: 'F', isEstimate: true, subject: { tgid: 10 } });
    expect(found.evidence.map((one) => one.value)).toEqual([1000, 5]);
    expect(found.weightRatio).toBeCloseTo(0.002);
  });

  it('is quiet below the limit, and about a process that has just started', () => {
    expect(isQuiet(minorFaults, windowOf({ processes: [faulting(9_999n)] }))).toBe(true);
    expect(isQuiet(minorFaults, windowOf({ processes: [{ ...faulting(1_000_000n), born: true }] }))).toBe(
      true,
    );
  });

  it('says that it saw no process, or that the target ended', () => {
    const reason = (window: Parameters<typeof minorFaults.check>[0]) =>
      minorFaults.check(window).gaps[0]?.reason;
    expect(minorFaults.check(windowOf()).closest).toBeNull();
    expect(reason(windowOf())).toBe('not-captured');
    expect(reason(windowOf({ target: new Set([9]) }))).toBe('gone');
  });
});
