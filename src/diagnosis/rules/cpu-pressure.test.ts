import { describe, expect, it } from 'vitest';
import { DENIED, isQuiet, only, windowOf } from '../testing/windows.ts';
import { cpuPressure } from './cpu-pressure.ts';

describe('cpu-pressure', () => {
  it('fires at its limit, behind findings about threads, and further behind where one process is asked about', () => {
    const found = only(cpuPressure.check(windowOf({ pressurePct: { cpu: 40 } })));
    expect(found).toMatchObject({ mark: 'T', subject: null, weightRatio: 0.4, rankRatio: 0.2 });
    const asked = only(cpuPressure.check(windowOf({ pressurePct: { cpu: 40 }, target: new Set([1]) })));
    expect(asked.rankRatio).toBe(0.1);
    expect(cpuPressure.check(windowOf({ pressurePct: { cpu: 10 } })).findings).toHaveLength(1);
  });

  it('is quiet below', () => {
    expect(isQuiet(cpuPressure, windowOf({ pressurePct: { cpu: 9.9 } }))).toBe(true);
  });

  it('says that the kernel does not count pressure', () => {
    const result = cpuPressure.check(windowOf({ pressurePct: { cpu: DENIED } }));
    expect([result.findings, result.closest]).toEqual([[], null]);
    expect(result.gaps).toMatchObject([{ field: 'pressure.cpu', reason: 'denied' }]);
  });

  it('names those that ran most', () => {
    const processes = [
      { tgid: 10, comm: 'small', threads: [{ runTimeNs: 1_000_000_000n }] },
      { tgid: 11, comm: 'big', threads: [{ runTimeNs: 9_000_000_000n }] },
    ];
    const found = only(cpuPressure.check(windowOf({ processes, pressurePct: { cpu: 40 } })));
    expect(found.evidence.slice(1).map((one) => [one.text.en, one.value])).toEqual([
      ['big 11 ran', 90],
      ['small 10 ran', 10],
    ]);
    expect(found.remedies[0]?.command).toBe('keel check 11');
  });
});
