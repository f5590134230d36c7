/** `keel monitor` as JSON records (schema keel.monitor/1) and as rows of CSV. */
import { CpuSet } from '../../../base/cpu-set.ts';
import { GapList, isMissing, orNull } from '../../../base/missing.ts';
import { type Activity, COUNTERS, type Counters } from '../../../model/activity.ts';
import { perSec } from '../../../model/difference.ts';
import type { Totals } from '../../../model/totals.ts';
import type { Json } from '../../command.ts';

export const SCHEMA = 'keel.monitor/1';

const ACTIVITY_COLUMNS = [
  'tgid',
  'tid',
  'comm',
  'cpuPct',
  'cpus',
  'rssBytes',
  ...COUNTERS,
  'threads',
  'bornThreads',
  'endedThreads',
] as const;

export const CSV_HEADER: readonly string[] = ['time', 'sinceNs', 'elapsedNs', ...ACTIVITY_COLUMNS];

/** A process or a thread in one interval. Missing values are null and stand in `gaps` under `field`. */
export function activityJson(activity: Activity, elapsedNs: number, gaps: GapList, field: string) {
  return {
    tgid: activity.tgid,
    tid: activity.tid,
    comm: activity.comm,
    cpuPct: cpuPct(activity, elapsedNs),
    cpus: CpuSet.from(activity.cpus.map((one) => one.cpu)).toString(),
    rssBytes: activity.rssBytes,
    ...countersJson(activity, gaps, field),
    threads: activity.threads,
    bornThreads: activity.bornThreads,
    endedThreads: activity.endedThreads,
  };
}

/** @param at the time (absent for a capture) and the nanoseconds since the baseline */
export function activityCsv(activity: Activity, elapsedNs: number, at: readonly [string | null, number]) {
  const json = activityJson(activity, elapsedNs, new GapList(), '');
  return [...at, elapsedNs, ...ACTIVITY_COLUMNS.map((name) => json[name] ?? null)];
}

export function totalsJson(totals: Totals, gaps: GapList, field: string): Json {
  const rate = (name: keyof Counters) => {
    const value = totals[name];
    return isMissing(value) ? null : perSec(value, totals.elapsedNs);
  };
  return {
    tgid: totals.tgid,
    tid: totals.tid,
    comm: totals.comm,
    intervals: totals.intervals,
    elapsedNs: totals.elapsedNs,
    cpuPct: cpuPct(totals, totals.elapsedNs),
    rss: totals.rss === null ? null : { ...totals.rss },
    ...countersJson(totals, gaps, field),
    migrationsPerSec: rate('migrations'),
    voluntarySwitchesPerSec: rate('voluntarySwitches'),
    involuntarySwitchesPerSec: rate('involuntarySwitches'),
    minorFaultsPerSec: rate('minorFaults'),
    majorFaultsPerSec: rate('majorFaults'),
    threads: totals.threads,
    bornThreads: totals.bornThreads,
    endedThreads: totals.endedThreads,
    timeOnCpus: totals.cpus.map((share) => ({ ...share })),
  };
}

function countersJson(counters: Counters, gaps: GapList, field: string) {
  return Object.fromEntries(
    COUNTERS.map((name) => [name, gaps.take(`${field}.${name}`, counters[name])]),
  ) as Record<keyof Counters, number | null>;
}

function cpuPct(counters: Counters, elapsedNs: number): number | null {
  const ran = orNull(counters.runTimeNs);
  return ran === null ? null : Math.round((ran / elapsedNs) * 100_000) / 1000;
}
