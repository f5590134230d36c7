import { describe, expect, it } from 'vitest';
import { isQuiet, only, windowOf } from '../testing/windows.ts';
import { majorFaults } from './major-faults.ts';

const faulting = (count: bigint, more: object = {}) => ({ tgid: 10, stat: { majorFaults: count, ...more } });

describe('major-faults', () => {
  it('gives the rate, that of the children, and a share that is an estimate', () => {
    const found = only(
      majorFaults.check(windowOf({ processes: [faulting(100n, { childMajorFaults: 50n })] })),
    );
    expect(found).toMatchObject({ mark: 'F', isEstimate: true, subject: { tgid: 10 } });
    expect(found.evidence.map((one) => one.value)).toEqual([10, 5]);
    expect(found.weightRatio).toBeCloseTo(0.01);
  });

  it('is no more than what was measured, and stands behind it', () => {
    const summary = { byThread: [{ tgid: 10, tid: 10, faults: 9, stallNs: 2e9 }] };
    const stalls = { obtainedBy: 'bpf', lost: 0, summary } as never;
    const found = only(
      majorFaults.check(windowOf({ target: new Set([10]), processes: [faulting(100_000n)], stalls })),
    );
    expect(found.weightRatio).toBeCloseTo(0.2);
    expect(found.rankRatio).toBeLessThan(found.weightRatio);
    expect(found.remedies[0]?.command).toBe('keel faults record 10');
  });

  it('is quiet below the limit, and about a process that has just started', () => {
    expect(isQuiet(majorFaults, windowOf({ processes: [faulting(99n)] }))).toBe(true);
    expect(isQuiet(majorFaults, windowOf({ processes: [{ ...faulting(1_000_000n), born: true }] }))).toBe(
      true,
    );
  });

  it('says that it saw no process, or that the target ended', () => {
    const reason = (window: Parameters<typeof majorFaults.check>[0]) =>
      majorFaults.check(window).gaps[0]?.reason;
    expect(majorFaults.check(windowOf()).closest).toBeNull();
    expect(reason(windowOf())).toBe('not-captured');
    expect(reason(windowOf({ target: new Set([9]) }))).toBe('gone');
  });
});
