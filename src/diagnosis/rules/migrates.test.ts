import { describe, expect, it } from 'vitest';
import { DENIED, isQuiet, only, windowOf } from '../testing/windows.ts';
import { migrates } from './migrates.ts';

const mover = (migrations: bigint, runTimeNs = 4_000_000_000n) => ({
  tgid: 10,
  threads: [{ migrations, runTimeNs }],
});

describe('migrates', () => {
  it('gives the rate and an upper bound of what it costs', () => {
    const found = only(migrates.check(windowOf({ processes: [mover(1000n)] })));
    expect(found).toMatchObject({
      isEstimate: true,
      evidence: [{ value: 100, unit: 'PerSec' }, { value: 40 }],
    });
    // 100 a second, half a millisecond each.
    expect(found.weightRatio).toBeCloseTo(0.05);
  });

  it('never says more than the thread ran', () => {
    const found = only(migrates.check(windowOf({ processes: [mover(10_000n, 600_000_000n)] })));
    expect(found.weightRatio).toBeCloseTo(0.06);
  });

  it('is quiet below 20 a second, and about threads that hardly run', () => {
    expect(isQuiet(migrates, windowOf({ processes: [mover(199n)] }))).toBe(true);
    expect(migrates.check(windowOf({ processes: [mover(200n)] })).findings).toHaveLength(1);
    expect(isQuiet(migrates, windowOf({ processes: [mover(5000n, 400_000_000n)] }))).toBe(true);
  });

  it('says what it could not read', () => {
    const result = migrates.check(windowOf({ processes: [{ tgid: 10, threads: [{ sched: DENIED }] }] }));
    expect(result.gaps).toMatchObject([{ field: 'migrations', reason: 'denied' }]);
  });
});
