import { describe, expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { DENIED, isQuiet, only, windowOf } from '../testing/windows.ts';
import { throttled } from './throttled.ts';

const processes = [
  { tgid: 10, comm: 'idle' },
  { tgid: 11, comm: 'arena', threads: [{ runTimeNs: 5_000_000_000n }] },
];
const group = (throttledPeriods: number) => ({
  cgroup: '/game',
  cpus: 0.5,
  tgids: [10, 11],
  periods: 100,
  throttledPeriods,
  throttledNs: 4e9,
});

describe('throttled', () => {
  it('names the group, its quota and who used it', () => {
    const found = only(throttled.check(windowOf({ processes, throttling: [group(93)] })));
    expect(found).toMatchObject({ severity: 'critical', subject: { tgid: 11 }, weightRatio: 0.93 });
    expect(found.verdict.en).toBe('LATE BECAUSE OF THE CPU QUOTA: arena 11 may use 0.5 CPUs');
    expect(found.summary.en).toContain('arena 11 and 1 more in cgroup /game');
  });

  it('is quiet below one period of a hundred, without quotas, and about groups of others', () => {
    expect(isQuiet(throttled, windowOf({ processes, throttling: [{ ...group(1), periods: 101 }] }))).toBe(
      true,
    );
    expect(isQuiet(throttled, windowOf({ processes }))).toBe(true);
    expect(isQuiet(throttled, windowOf({ processes, throttling: [group(93)], target: new Set([99]) }))).toBe(
      true,
    );
  });

  it('says where the quota could not be read', () => {
    const none = throttled.check(windowOf({ processes, throttling: missing('absent', 'cgroups') }));
    expect([none.closest, none.gaps[0]?.field]).toEqual([null, 'throttling']);
    const denied = throttled.check(
      windowOf({ processes, throttling: [{ ...group(0), throttledPeriods: DENIED }] }),
    );
    expect(denied.gaps).toMatchObject([{ reason: 'denied' }]);
  });
});
