import { describe, expect, it } from 'vitest';
import { DENIED, isQuiet, only, windowOf } from '../testing/windows.ts';
import { interrupts } from './interrupts.ts';

describe('interrupts', () => {
  it('names each CPU that spends a tenth of its time on them', () => {
    const found = only(
      interrupts.check(windowOf({ cpus: [{ softirqNs: 2, irqNs: 1 }, { softirqNs: 0.9 }] })),
    );
    expect(found.verdict.en).toBe('LATE BECAUSE OF INTERRUPTS ON CPU 0');
    expect(found.evidence.map((one) => one.value)).toEqual([20, 10]);
    expect(found.weightRatio).toBeCloseTo(0.3);
  });

  it('is quiet below, also where two CPUs together are above', () => {
    expect(isQuiet(interrupts, windowOf({ cpus: [{ softirqNs: 0.9 }, { softirqNs: 0.9 }] }))).toBe(true);
  });

  it('says that CPU times could not be read', () => {
    expect(interrupts.check(windowOf({ cpus: DENIED })).gaps).toMatchObject([{ field: 'cpus' }]);
  });
});
