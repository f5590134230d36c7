/** How often cgroups were stopped by their CPU quota between two readings. */
import { isMissing, type Maybe } from '../base/missing.ts';
import type { CgroupReading, CpuQuota } from './cgroup.ts';
import { both, difference } from './difference.ts';

export interface GroupThrottling {
  readonly cgroup: string;
  /** How many CPUs' time the group may use. */
  readonly cpus: number;
  /** Processes it applies to, also those in groups below. */
  readonly tgids: readonly number[];
  /** Periods in which the group wanted to run. */
  readonly periods: Maybe<number>;
  /** Of these, the ones in which the quota was used up. */
  readonly throttledPeriods: Maybe<number>;
  /** Time it was stopped, summed over CPUs. */
  readonly throttledNs: Maybe<number>;
}

/** Of every group that has a quota at the end and had it at the start. */
export function throttlingBetween(
  before: ReadonlyMap<number, CgroupReading>,
  after: ReadonlyMap<number, CgroupReading>,
): readonly GroupThrottling[] {
  const earlier = quotasByCgroup(before);
  return [...quotasByCgroup(after)].flatMap(([cgroup, { quota, tgids }]) => {
    const then = earlier.get(cgroup)?.quota;
    if (then === undefined) return [];
    const counter = (name: 'periods' | 'throttledPeriods' | 'throttledNs') =>
      both(then.throttling, quota.throttling, (a, b) => difference(a[name], b[name], name));
    return [
      {
        cgroup,
        cpus: quota.cpus,
        tgids,
        periods: counter('periods'),
        throttledPeriods: counter('throttledPeriods'),
        throttledNs: counter('throttledNs'),
      },
    ];
  });
}

function quotasByCgroup(
  readings: ReadonlyMap<number, CgroupReading>,
): ReadonlyMap<string, { quota: CpuQuota; tgids: number[] }> {
  const found = new Map<string, { quota: CpuQuota; tgids: number[] }>();
  for (const [tgid, reading] of readings) {
    if (isMissing(reading.quotas)) continue;
    for (const quota of reading.quotas) {
      const known = found.get(quota.cgroup);
      if (known === undefined) found.set(quota.cgroup, { quota, tgids: [tgid] });
      else known.tgids.push(tgid);
    }
  }
  return found;
}
