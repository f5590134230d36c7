import { describe, expect, it } from 'vitest';
import { DENIED, isQuiet, only, windowOf } from '../testing/windows.ts';
import { steal } from './steal.ts';

describe('steal', () => {
  it('gives the share of all CPU time and the CPU that lost most', () => {
    const found = only(steal.check(windowOf({ cpus: [{ stealNs: 1 }, { stealNs: 3 }] })));
    expect(found).toMatchObject({ mark: 'H', severity: 'warning', weightRatio: 0.2 });
    expect(found.evidence.map((one) => [one.text.en, one.value])).toEqual([
      ['steal, all CPUs', 20],
      ['CPU 1', 30],
    ]);
    expect(found.remedies[0]?.command).toBeNull();
  });

  it('is quiet below 1 %', () => {
    expect(isQuiet(steal, windowOf({ cpus: [{ stealNs: 0.19 }, {}] }))).toBe(true);
  });

  it('says that CPU times could not be read', () => {
    expect(steal.check(windowOf({ cpus: DENIED })).gaps).toMatchObject([{ field: 'cpuTimes' }]);
  });
});
