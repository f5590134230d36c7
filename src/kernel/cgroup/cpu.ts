/** The CPU quota of a cgroup, and how often it stopped the group's threads. */
import { FormatError } from '../../base/errors.ts';
import { NS_PER_US } from '../../base/units.ts';
import { fileReader } from '../../host/reader.ts';
import { keyedCounters, wholeNumber } from '../lines.ts';

/** In each period the threads of the group may run for the quota, all CPUs together. */
export interface CpuMax {
  /** null: no quota. */
  readonly quotaUs: number | null;
  readonly periodUs: number;
}

export interface CpuThrottling {
  /** Periods in which the group wanted to run and had a quota. */
  readonly periods: bigint;
  /** Of these, the ones in which the quota was used up and threads had to wait. */
  readonly throttledPeriods: bigint;
  /** Time the group was stopped, summed over CPUs. */
  readonly throttledNs: bigint;
}

const v2 = 'Documentation/admin-guide/cgroup-v2.rst';
const v1 = 'Documentation/scheduler/sched-bwc.rst';

/** v2: "max 100000" or "50000 100000". */
export const cpuMax = fileReader({
  path: '{folder}/cpu.max',
  doc: v2,
  capture: 'task',
  parse(text): CpuMax {
    const [quota, period] = text.trim().split(/\s+/);
    return { quotaUs: quota === 'max' ? null : positive(quota), periodUs: positive(period) };
  },
});

/** v1: -1 is no quota. */
export const cfsQuota = fileReader({
  path: '{folder}/cpu.cfs_quota_us',
  doc: v1,
  capture: 'task',
  parse: (text): number | null => (wholeNumber(text) < 0 ? null : positive(text)),
});

export const cfsPeriod = fileReader({
  path: '{folder}/cpu.cfs_period_us',
  doc: v1,
  capture: 'task',
  parse: (text): number => positive(text),
});

/** Both versions; null where the group has no such counters, as the root of v2. */
export const cpuStat = fileReader({
  path: '{folder}/cpu.stat',
  doc: v2,
  capture: 'task',
  parse(text): CpuThrottling | null {
    const counters = keyedCounters(text);
    const periods = counters.get('nr_periods');
    const throttledPeriods = counters.get('nr_throttled');
    const us = counters.get('throttled_usec');
    const throttledNs = us === undefined ? counters.get('throttled_time') : us * BigInt(NS_PER_US);
    if (periods === undefined || throttledPeriods === undefined || throttledNs === undefined) return null;
    return { periods, throttledPeriods, throttledNs };
  },
});

function positive(text: string | undefined): number {
  const value = wholeNumber(text);
  if (value <= 0) throw new FormatError('a time above 0', text ?? '');
  return value;
}
