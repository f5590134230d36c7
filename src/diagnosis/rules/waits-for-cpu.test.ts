import { describe, expect, it } from 'vitest';
import { DENIED, isQuiet, only, type ProcessParts, windowOf } from '../testing/windows.ts';
import { waitsForCpu } from './waits-for-cpu.ts';

const SEC = 1_000_000_000n;
const waiting = (delayMs: bigint): ProcessParts => ({
  tgid: 10,
  comm: 'arena',
  threads: [{ cpu: 1 }, { comm: 'tick', cpu: 1, runDelayNs: delayMs * 1_000_000n, runTimeNs: SEC }],
});
const hog: ProcessParts = { tgid: 50, comm: 'zstd', threads: [{ cpu: 1, runTimeNs: 8n * SEC }] };
const elsewhere: ProcessParts = { tgid: 60, comm: 'other', threads: [{ cpu: 0, runTimeNs: 9n * SEC }] };

describe('waits-for-cpu', () => {
  it('names the thread that waited and who held its CPU', () => {
    const found = only(
      waitsForCpu.check(
        windowOf({
          processes: [waiting(4300n), hog, elsewhere],
          units: new Map([[50, 'backup.service']]),
          target: new Set([10]),
        }),
      ),
    );
    expect(found).toMatchObject({ severity: 'critical', subject: { tgid: 10, tid: 11 }, weightRatio: 0.43 });
    expect(found.verdict.en).toBe('LATE BECAUSE ANOTHER TASK HELD THE CPU: zstd 50 (backup.service)');
    expect(found.evidence.at(-1)).toMatchObject({
      text: { en: 'meanwhile on CPU 1 zstd 50 (backup.service) ran' },
      value: 80,
    });
  });

  it('looks at every CPU where the thread moved about', () => {
    const moved = { ...waiting(4300n), threads: [{ runDelayNs: 2n * SEC, migrations: 9n, cpu: 1 }] };
    const target = new Set([10]);
    const found = only(waitsForCpu.check(windowOf({ processes: [moved, hog, elsewhere], target })));
    expect(found.verdict.en).toMatch(/other 60$/);
  });

  it('says when its own threads compete, and when nobody stands out', () => {
    const busy = { runDelayNs: 3n * SEC, runTimeNs: 6n * SEC };
    const own = only(waitsForCpu.check(windowOf({ processes: [{ tgid: 10, threads: [busy, busy] }] })));
    expect(own.verdict.en).toMatch(/^LATE BECAUSE ITS OWN THREADS COMPETE/);
    const alone = only(waitsForCpu.check(windowOf({ processes: [waiting(2000n)] })));
    expect(alone.verdict.en).toBe('LATE BECAUSE NO CPU WAS FREE');
  });

  it('leaves the first place to a quota that stops the same process', () => {
    const throttling = [
      { cgroup: '/a', cpus: 1, tgids: [10], periods: 100, throttledPeriods: 30, throttledNs: 1 },
    ];
    const found = only(waitsForCpu.check(windowOf({ processes: [waiting(4300n)], throttling })));
    expect(found.rankRatio).toBeCloseTo(0.297);
    expect(found.weightRatio).toBe(0.43);
  });

  it('is quiet just below 1 %, and about keel, kernel threads and processes that were not asked about', () => {
    expect(isQuiet(waitsForCpu, windowOf({ processes: [waiting(99n)] }))).toBe(true);
    expect(waitsForCpu.check(windowOf({ processes: [waiting(100n)] })).findings).toHaveLength(1);
    expect(isQuiet(waitsForCpu, windowOf({ processes: [waiting(4300n), hog], ownTgid: 10 }))).toBe(true);
    const kernel = { ...waiting(4300n), stat: { isKernelThread: true } };
    expect(isQuiet(waitsForCpu, windowOf({ processes: [kernel, hog] }))).toBe(true);
    expect(isQuiet(waitsForCpu, windowOf({ processes: [waiting(4300n), hog], target: new Set([50]) }))).toBe(
      true,
    );
  });

  it('says what it could not read', () => {
    const result = waitsForCpu.check(
      windowOf({ processes: [{ tgid: 10, threads: [{ schedstat: DENIED }] }] }),
    );
    expect(result.findings).toEqual([]);
    expect(result.gaps).toMatchObject([{ field: 'runDelayNs', reason: 'denied' }]);
  });
});
