import { describe, expect, it } from 'vitest';
import { DENIED, isQuiet, only, windowOf } from '../testing/windows.ts';
import { forks } from './forks.ts';

describe('forks', () => {
  it('gives the rate, the likely parent and the CPU time of tasks nobody saw', () => {
    const processes = [
      {
        tgid: 10,
        comm: 'make',
        stat: { childMinorFaults: 90_000n },
        threads: [{ runTimeNs: 1_000_000_000n }],
      },
      { tgid: 11, comm: 'sh', stat: { childMinorFaults: 500n } },
    ];
    const found = only(forks.check(windowOf({ processes, forks: 4000, cpus: [{ userNs: 6, systemNs: 2 }] })));
    expect(found.summary.en).toContain('make 10');
    expect(found.evidence.map((one) => one.value)).toEqual([400, 7e9]);
    expect(found.weightRatio).toBeCloseTo(0.1);
  });

  it('is quiet below a hundred a second', () => {
    expect(isQuiet(forks, windowOf({ forks: 999 }))).toBe(true);
  });

  it('says that the counter could not be read', () => {
    expect(forks.check(windowOf({ cpus: DENIED })).gaps).toMatchObject([{ field: 'forks' }]);
  });
});
