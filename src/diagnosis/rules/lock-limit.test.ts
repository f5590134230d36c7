import { describe, expect, it } from 'vitest';
import type { ProcessMemory } from '../../model/memory-limits.ts';
import { DENIED, isQuiet, only, windowOf } from '../testing/windows.ts';
import { lockLimit } from './lock-limit.ts';

const locks = (over: Partial<ProcessMemory> = {}): ReadonlyMap<number, ProcessMemory> => {
  const lockLimit = { soft: 8_388_608n, hard: 16_777_216n } as const;
  return new Map([[10, { swapBytes: 0, lockedBytes: 8_000_000, lockLimit, mayLockBeyond: false, ...over }]]);
};
const window = (over: Partial<ProcessMemory> = {}, minorFaults = 5000n) =>
  windowOf({ processes: [{ tgid: 10, comm: 'jackd', stat: { minorFaults } }], memory: locks(over) });

describe('lock-limit', () => {
  it('names the limit, what is locked, and that it faults all the same', () => {
    const found = only(lockLimit.check(window()));
    expect(found).toMatchObject({ subject: { tgid: 10 }, isEstimate: true });
    expect(found.evidence.map((one) => one.value)).toEqual([8_000_000, 8_388_608, 500, 0]);
    expect(found.weightRatio).toBeCloseTo(0.001);
    expect(found.remedies[0]).toMatchObject({ undo: 'prlimit --pid 10 --memlock=8388608:16777216' });
  });

  it('is quiet below four fifths, where nothing faults, and where the limit does not hold', () => {
    expect(isQuiet(lockLimit, window({ lockedBytes: 6_700_000 }))).toBe(true);
    expect(isQuiet(lockLimit, window({}, 0n))).toBe(true);
    expect(isQuiet(lockLimit, window({ mayLockBeyond: true }))).toBe(true);
    expect(isQuiet(lockLimit, window({ lockLimit: { soft: 'unlimited', hard: 'unlimited' } }))).toBe(true);
    expect(isQuiet(lockLimit, window({ lockedBytes: 0, lockLimit: DENIED }))).toBe(true);
  });

  it('does not guess where capabilities or the limit are not told', () => {
    expect(lockLimit.check(window({ mayLockBeyond: null })).findings).toEqual([]);
    expect(lockLimit.check(window({ lockLimit: DENIED }))).toMatchObject({
      findings: [],
      gaps: [{ field: 'lockLimit', reason: 'denied' }],
    });
  });
});
