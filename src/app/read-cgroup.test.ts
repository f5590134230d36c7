import { describe, expect, it } from 'vitest';
import { isMissing, present } from '../base/missing.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import type { LiveSource } from '../host/live.ts';
import { MemorySource } from '../host/memory.ts';
import type { CgroupReading } from '../model/cgroup.ts';
import { tightestQuota } from '../model/cgroup.ts';
import { openCgroups } from './read-cgroup.ts';

/** A running machine in memory: what is not in the table does not exist. */
function hostOf(files: Readonly<Record<string, string>>): Host {
  const memory = MemorySource.ofFiles(files);
  const source = {
    text: (kind: Parameters<LiveSource['text']>[0], path: string) => {
      const text = memory.text(kind, path);
      return isMissing(text) ? { ...text, missing: 'absent' as const } : text;
    },
  };
  return new Host('live', NO_FACTS, source);
}

function read(files: Readonly<Record<string, string>>): CgroupReading {
  const reading = openCgroups(hostOf(files)).of(7);
  if (isMissing(reading)) throw new Error(reading.path);
  return reading;
}

const V2 = '30 20 0:26 / /cg rw - cgroup2 cgroup2 rw\n';
const V1 =
  '30 20 0:26 / /cg/cpu rw - cgroup cgroup rw,cpu\n31 20 0:27 / /cg/set rw - cgroup cgroup rw,cpuset\n' +
  '32 20 0:28 / /cg/mem rw - cgroup cgroup rw,memory\n';

describe('openCgroups', () => {
  it('takes the tightest of all quotas on the way up (v2)', () => {
    const reading = read({
      '/proc/self/mountinfo': V2,
      '/proc/7/cgroup': '0::/a.slice/b.service\n',
      '/cg/a.slice/cpu.max': '50000 100000\n',
      '/cg/a.slice/cpu.stat': 'nr_periods 9\nnr_throttled 4\nthrottled_usec 70\n',
      '/cg/a.slice/b.service/cpu.max': '200000 100000\n',
      '/cg/a.slice/b.service/cpu.stat': 'nr_periods 9\nnr_throttled 0\nthrottled_usec 0\n',
      '/cg/a.slice/memory.max': '4096\n',
      '/cg/a.slice/b.service/memory.max': 'max\n',
      '/cg/a.slice/memory.current': '1024\n',
      '/cg/a.slice/cpuset.cpus.effective': '0-3\n',
      '/cg/a.slice/cpuset.mems.effective': '0\n',
      '/cg/cpuset.cpus.effective': '0-7\n',
    });
    expect(reading).toMatchObject({ path: '/a.slice/b.service', unit: 'b.service' });
    const quotas = present(reading.quotas) ? reading.quotas : [];
    expect(quotas.map((quota) => [quota.cgroup, quota.cpus])).toEqual([
      ['/a.slice/b.service', 2],
      ['/a.slice', 0.5],
    ]);
    expect(tightestQuota(quotas)).toMatchObject({
      cgroup: '/a.slice',
      throttling: { periods: 9n, throttledPeriods: 4n, throttledNs: 70_000n },
    });
    expect(reading.memoryLimit).toMatchObject({ cgroup: '/a.slice', limitBytes: 4096n, usedBytes: 1024n });
    // The controller is not handed down to b.service, so the slice decides.
    expect(reading.cpuset).toMatchObject({ cgroup: '/a.slice', partition: null });
    expect(present(reading.cpuset) && reading.cpuset?.cpus.toString()).toBe('0-3');
  });

  it('reads the separate hierarchies of v1', () => {
    const reading = read({
      '/proc/self/mountinfo': V1,
      '/proc/7/cgroup': '5:cpu:/q\n4:cpuset:/s\n3:memory:/m\n',
      '/cg/cpu/q/cpu.cfs_quota_us': '150000\n',
      '/cg/cpu/q/cpu.cfs_period_us': '100000\n',
      '/cg/cpu/cpu.cfs_quota_us': '-1\n',
      '/cg/cpu/cpu.cfs_period_us': '100000\n',
      '/cg/cpu/q/cpu.stat': 'nr_periods 2\nnr_throttled 1\nthrottled_time 99\n',
      '/cg/set/s/cpuset.effective_cpus': '1\n',
      '/cg/set/s/cpuset.effective_mems': '0\n',
      '/cg/mem/m/memory.limit_in_bytes': '9223372036854771712\n',
      '/cg/mem/memory.limit_in_bytes': '9223372036854771712\n',
    });
    expect(reading.quotas).toMatchObject([{ cgroup: '/q', cpus: 1.5, throttling: { throttledNs: 99n } }]);
    expect(present(reading.cpuset) && reading.cpuset?.cpus.toString()).toBe('1');
    expect(reading.memoryLimit).toBeNull();
  });

  it('says that a cgroup outside of this container cannot be read, instead of "no quota"', () => {
    const reading = read({ '/proc/self/mountinfo': V2, '/proc/7/cgroup': '0::/../other\n' });
    expect(reading.quotas).toMatchObject({ missing: 'absent' });
    expect(reading.cpuset).toMatchObject({ missing: 'absent' });
  });

  it('is missing for a process that has ended', () => {
    expect(openCgroups(hostOf({ '/proc/self/mountinfo': V2 })).of(7)).toMatchObject({
      path: '/proc/7/cgroup',
    });
  });
});
