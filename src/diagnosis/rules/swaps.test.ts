import { describe, expect, it } from 'vitest';
import { DENIED, isQuiet, only, windowOf } from '../testing/windows.ts';
import { swaps } from './swaps.ts';

describe('swaps', () => {
  it('gives the rates and who has most major faults', () => {
    const processes = [
      { tgid: 10, comm: 'calm' },
      { tgid: 11, comm: 'java', stat: { majorFaults: 40n } },
    ];
    const found = only(swaps.check(windowOf({ processes, vmstat: { pswpin: 5000, pswpout: 20 } })));
    expect(found.evidence.map((one) => one.value)).toEqual([500, 2]);
    expect(found.summary.en).toContain('java 11');
    expect(found.weightRatio).toBeCloseTo(0.05);
  });

  it('is quiet below ten pages a second, also while pages go out', () => {
    expect(isQuiet(swaps, windowOf({ vmstat: { pswpin: 99, pswpout: 100_000 } }))).toBe(true);
  });

  it('says that vmstat could not be read', () => {
    expect(swaps.check(windowOf({ vmstat: DENIED })).gaps).toMatchObject([{ field: 'vmstat' }]);
  });
});
