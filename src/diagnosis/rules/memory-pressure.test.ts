import { describe, expect, it } from 'vitest';
import { DENIED, isQuiet, only, windowOf } from '../testing/windows.ts';
import { memoryPressure } from './memory-pressure.ts';

describe('memory-pressure', () => {
  it('fires at its limit, behind findings about threads, and further behind where one process is asked about', () => {
    const found = only(memoryPressure.check(windowOf({ pressurePct: { memory: 40 } })));
    expect(found).toMatchObject({ mark: 'F', subject: null, weightRatio: 0.4, rankRatio: 0.2 });
    const asked = only(memoryPressure.check(windowOf({ pressurePct: { memory: 40 }, target: new Set([1]) })));
    expect(asked.rankRatio).toBe(0.1);
    expect(memoryPressure.check(windowOf({ pressurePct: { memory: 1 } })).findings).toHaveLength(1);
  });

  it('is quiet below', () => {
    expect(isQuiet(memoryPressure, windowOf({ pressurePct: { memory: 0.9 } }))).toBe(true);
  });

  it('says that the kernel does not count pressure', () => {
    const result = memoryPressure.check(windowOf({ pressurePct: { memory: DENIED } }));
    expect([result.findings, result.closest]).toEqual([[], null]);
    expect(result.gaps).toMatchObject([{ field: 'pressure.memory', reason: 'denied' }]);
  });

  it('counts direct reclaim in all zones', () => {
    const vmstat = { allocstall_normal: 3, allocstall_movable: 4, compact_stall: 1, pswpin: 0 };
    const found = only(memoryPressure.check(windowOf({ vmstat, pressurePct: { memory: 40 } })));
    expect(found.evidence.slice(2).map((one) => one.value)).toEqual([7, 1]);
  });
});
