import { describe, expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { processCgroup } from '../task/cgroup.ts';
import { cfsQuota, cpuMax, cpuStat } from './cpu.ts';
import { legacyMemoryLimit, memoryCounters, memoryEvents, memoryEventsLocal, memoryMax } from './memory.ts';
import { cpuIdle, cpuShares, cpuWeight } from './weight.ts';

describe('cgroup files', () => {
  it.each([
    ['max 100000\n', { quotaUs: null, periodUs: 100_000 }],
    ['50000 100000\n', { quotaUs: 50_000, periodUs: 100_000 }],
  ])('cpu.max %j', (text, expected) => {
    expect(cpuMax.parse(text, NO_FACTS)).toEqual(expected);
  });

  it.each(['', '50000', '50000 0', '-1 100000', 'x y'])('cpu.max refuses %j', (text) => {
    expect(() => cpuMax.parse(text, NO_FACTS)).toThrow(FormatError);
  });

  it('cpu.cfs_quota_us: -1 is none', () => {
    expect(cfsQuota.parse('-1\n', NO_FACTS)).toBeNull();
    expect(cfsQuota.parse('200000\n', NO_FACTS)).toBe(200_000);
  });

  it('cpu.stat counts nanoseconds in v1 and microseconds in v2', () => {
    const counts = { periods: 10n, throttledPeriods: 3n, throttledNs: 5_000n };
    expect(cpuStat.parse('nr_periods 10\nnr_throttled 3\nthrottled_time 5000\n', NO_FACTS)).toEqual(counts);
    expect(
      cpuStat.parse('usage_usec 9\nnr_periods 10\nnr_throttled 3\nthrottled_usec 5\n', NO_FACTS),
    ).toEqual(counts);
    expect(cpuStat.parse('usage_usec 9\nuser_usec 5\nsystem_usec 4\n', NO_FACTS)).toBeNull();
  });

  it('weights: 0 of v2 is an idle group', () => {
    expect([cpuWeight.parse('0\n', NO_FACTS), cpuShares.parse('262144\n', NO_FACTS)]).toEqual([0, 262_144]);
    expect([cpuIdle.parse('0\n', NO_FACTS), cpuIdle.parse('1\n', NO_FACTS)]).toEqual([false, true]);
    for (const text of ['', '-1', 'x']) {
      for (const reader of [cpuWeight, cpuShares, cpuIdle])
        expect(() => reader.parse(text, NO_FACTS)).toThrow(FormatError);
    }
    expect(() => cpuIdle.parse('2', NO_FACTS)).toThrow(FormatError);
  });

  it('memory limits: both ways to write none', () => {
    expect(memoryMax.parse('max\n', NO_FACTS)).toBeNull();
    expect(memoryMax.parse('1073741824\n', NO_FACTS)).toBe(1_073_741_824n);
    expect(legacyMemoryLimit.parse('9223372036854771712\n', NO_FACTS)).toBeNull();
    expect(legacyMemoryLimit.parse('9223372036854710272\n', NO_FACTS)).toBeNull(); // pages of 64 KiB
    expect(legacyMemoryLimit.parse('1073741824\n', NO_FACTS)).toBe(1_073_741_824n);
  });

  it('memory.events: counters that a kernel does not have yet are 0', () => {
    const text = 'low 0\nhigh 12\nmax 30\noom 1\noom_kill 1\noom_group_kill 0\n';
    expect(memoryEvents.parse(text, NO_FACTS)).toEqual({ high: 12n, max: 30n, oomKills: 1n });
    expect(memoryEventsLocal.parse('low 0\nhigh 2\nmax 3\noom 0\n', NO_FACTS).oomKills).toBe(0n);
  });

  it('memory.stat: v2, v1 with its totals, and kernels that told refaults of both kinds in one', () => {
    const v2 = 'anon 4096\nworkingset_refault_anon 5\nworkingset_refault_file 7\npgmajfault 3\n';
    expect(memoryCounters.parse(v2, NO_FACTS)).toEqual({ refaults: 12n, majorFaults: 3n });
    const v1 =
      'workingset_refault_file 1\ntotal_workingset_refault_file 9\ntotal_pgmajfault 4\npgmajfault 1\n';
    expect(memoryCounters.parse(v1, NO_FACTS)).toEqual({ refaults: 9n, majorFaults: 4n });
    const before59 = 'workingset_refault 6\npgmajfault 2\n';
    expect(memoryCounters.parse(before59, NO_FACTS)).toEqual({ refaults: 6n, majorFaults: 2n });
    expect(memoryCounters.parse('cache 0\nrss 0\n', NO_FACTS)).toEqual({ refaults: null, majorFaults: null });
  });

  it('a cgroup path may hold colons', () => {
    expect(
      processCgroup.parse('4:cpu,cpuacct:/a:b/c d\n1:name=systemd:/x.scope\n0::/..\n', NO_FACTS),
    ).toEqual([
      { hierarchy: 4, controllers: ['cpu', 'cpuacct'], path: '/a:b/c d' },
      { hierarchy: 1, controllers: ['name=systemd'], path: '/x.scope' },
      { hierarchy: 0, controllers: [], path: '/..' },
    ]);
    expect(() => processCgroup.parse('4:cpu', NO_FACTS)).toThrow(FormatError);
  });
});
