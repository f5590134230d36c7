import { describe, expect, it } from 'vitest';
import { DENIED, isQuiet, only, windowOf } from '../testing/windows.ts';
import { ioPressure } from './io-pressure.ts';

describe('io-pressure', () => {
  it('fires at its limit, behind findings about threads, and further behind where one process is asked about', () => {
    const found = only(ioPressure.check(windowOf({ pressurePct: { io: 40 } })));
    expect(found).toMatchObject({ mark: 'L', subject: null, weightRatio: 0.4, rankRatio: 0.2 });
    const asked = only(ioPressure.check(windowOf({ pressurePct: { io: 40 }, target: new Set([1]) })));
    expect(asked.rankRatio).toBe(0.1);
    expect(ioPressure.check(windowOf({ pressurePct: { io: 5 } })).findings).toHaveLength(1);
  });

  it('is quiet below', () => {
    expect(isQuiet(ioPressure, windowOf({ pressurePct: { io: 4.9 } }))).toBe(true);
  });

  it('says that the kernel does not count pressure', () => {
    const result = ioPressure.check(windowOf({ pressurePct: { io: DENIED } }));
    expect([result.findings, result.closest]).toEqual([[], null]);
    expect(result.gaps).toMatchObject([{ field: 'pressure.io', reason: 'denied' }]);
  });

  it('names who was blocked at the end, and the CPU time that was idle for it', () => {
    const processes = [{ tgid: 10, comm: 'tar', threads: [{ state: 'D' }, {}] }];
    const window = windowOf({ processes, pressurePct: { io: 40 }, cpus: [{ iowaitNs: 2 }, {}] });
    const found = only(ioPressure.check(window));
    expect(found.evidence.slice(2).map((one) => [one.text.en, one.value])).toEqual([
      ['CPUs idle for it', 10],
      ['blocked at the end: tar 10', 1],
    ]);
    expect(found.remedies[0]?.command).toBe('keel monitor 10 10s');
  });
});
