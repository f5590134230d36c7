/** The numbers of a frame that are kept as series, long after the frames themselves are gone. */
import { isMissing, type Maybe } from '../base/missing.ts';
import { perSec } from '../model/difference.ts';
import { cpuPctOf } from '../model/watch/compute-frame.ts';
import { type Distribution, quantileNs } from '../model/watch/distribution.ts';
import type { TargetFrame, WatchFrame } from '../model/watch/frame.ts';

export interface Metric {
  /** Its unit ends it. */
  readonly name: string;
  readonly of: (target: TargetFrame, frame: WatchFrame) => Maybe<number> | null;
}

const rate =
  (pick: (target: TargetFrame) => Maybe<number>): Metric['of'] =>
  (target, { elapsedNs }) => {
    const count = pick(target);
    return isMissing(count) ? count : perSec(count, elapsedNs);
  };

// biome-ignore format: one line per metric
export const METRICS: readonly Metric[] = [
  { name: 'cpuPct', of: cpuPctOf },
  { name: 'rssBytes', of: ({ activity }) => activity.rssBytes },
  { name: 'swapBytes', of: ({ swapBytes }) => swapBytes },
  { name: 'runDelayNsPerSec', of: rate(({ activity }) => activity.runDelayNs) },
  { name: 'runDelayP99Ns', of: ({ runDelays }) => (isMissing(runDelays) ? runDelays : quantileNs(runDelays, 0.99)) },
  { name: 'faultStallNsPerSec', of: rate(({ faultStalls }) => (isMissing(faultStalls) ? faultStalls : faultStalls.totalNs)) },
  { name: 'minorFaultsPerSec', of: rate(({ activity }) => activity.minorFaults) },
  { name: 'majorFaultsPerSec', of: rate(({ activity }) => activity.majorFaults) },
  { name: 'migrationsPerSec', of: rate(({ activity }) => activity.migrations) },
  { name: 'voluntarySwitchesPerSec', of: rate(({ activity }) => activity.voluntarySwitches) },
  { name: 'involuntarySwitchesPerSec', of: rate(({ activity }) => activity.involuntarySwitches) },
  { name: 'threads', of: ({ activity }) => activity.threads },
];

/** Of a frame, the time on so many CPUs is kept: those on which the target ran most. */
const MOST_CPUS = 16;
const CPU_METRIC = /^cpu(\d+)RunPct$/;

/** Those that are known in this frame. */
export function metricsOf(target: TargetFrame, frame: WatchFrame): readonly (readonly [string, number])[] {
  const known = METRICS.flatMap(({ name, of }) => {
    const value = of(target, frame);
    return typeof value === 'number' && Number.isFinite(value) ? [[name, value] as const] : [];
  });
  return [...known, ...cpuMetricsOf(target, frame)];
}

/** A CPU that is not among them has no value, which is not 0: see the frames of a step. */
function cpuMetricsOf(
  { activity }: TargetFrame,
  { elapsedNs }: WatchFrame,
): readonly (readonly [string, number])[] {
  return activity.cpus
    .filter(({ runTimeNs }) => runTimeNs > 0)
    .sort((a, b) => b.runTimeNs - a.runTimeNs)
    .slice(0, MOST_CPUS)
    .map(({ cpu, runTimeNs }) => [`cpu${cpu}RunPct`, (100 * runTimeNs) / elapsedNs] as const);
}

/** What heat maps are made of; the history holds their places in this list. */
export const LATENCIES = ['runDelays', 'faultStalls'] as const;
export type LatencyName = (typeof LATENCIES)[number];

/** 1 us to 64 ms and above: the rows of every heat map. Shorter and longer ones are counted in the outermost. */
export const LEAST_OCTAVE = 10;
export const MOST_OCTAVE = 26;

/** Single waits or faults by their power of two, within those bounds; none where none was, or where nobody counted. */
export function octavesOf(counted: Maybe<Distribution>): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  if (isMissing(counted)) return sums;
  counted.octaves.forEach((events, octave) => {
    if (events === 0) return;
    const within = Math.min(MOST_OCTAVE, Math.max(LEAST_OCTAVE, octave));
    sums.set(within, (sums.get(within) ?? 0) + events);
  });
  return sums;
}

/** The CPU whose share a metric is; null for one that is of no single CPU. */
export function cpuOfMetric(name: string): number | null {
  const cpu = CPU_METRIC.exec(name)?.[1];
  return cpu === undefined ? null : Number(cpu);
}
