/** From a goal, or a probe, to what a trial measures. */
import { orNull } from '../base/missing.ts';
import { threadList } from '../kernel/task/lists.ts';
import type { Objective } from '../trial/objective.ts';
import type { Watched } from '../trial/watched.ts';
import type { FoundTarget } from './find-targets.ts';
import { openProbeMeter } from './probe-meter.ts';
import {
  type BlockMeter,
  instructionsMeter,
  runTimeMeter,
  waitingMeter,
  wakeUpsMeter,
} from './trial-meters.ts';
import { type SeenTarget, watchTarget } from './watch-target.ts';
import type { Workshop } from './workshop.ts';

/** What `--goal` takes; `auto` is by what the process does. */
export const OPTIMIZE_GOALS = ['auto', 'latency', 'throughput', 'cache', 'isolation', 'general'] as const;
export type OptimizeGoal = (typeof OPTIMIZE_GOALS)[number];

export interface OpenedMeter {
  readonly meter: BlockMeter;
  readonly watched: Watched | null;
  readonly close: () => void;
}

export interface Aim {
  readonly goal: OptimizeGoal;
  readonly probe: string | undefined;
  /** Of the probe. */
  readonly better: Objective['better'];
}

/** @throws KeelError E_USAGE, E_PROBE, E_UNSUPPORTED, E_CONFLICT, E_GONE, E_INTERRUPTED; nothing is changed by it */
export async function openMeter(workshop: Workshop, target: FoundTarget, aim: Aim): Promise<OpenedMeter> {
  const { host, clock, signal } = workshop;
  if (aim.probe !== undefined) {
    const meter = await openProbeMeter(aim.probe, aim.better, clock, signal);
    return { meter, watched: null, close: () => meter.close() };
  }
  if (aim.goal === 'cache') {
    const meter = instructionsMeter(host, target.tgid);
    return { meter, watched: null, close: () => meter.close() };
  }
  const seen = await watchTarget(workshop, target);
  const meter = meterFor(workshop, target, aim.goal, seen);
  const isOfOne = meter.objective.id === 'waiting';
  return { meter, watched: isOfOne ? seen.watched : null, close() {} };
}

function meterFor(
  { host }: Workshop,
  { tgid }: FoundTarget,
  goal: OptimizeGoal,
  { watched, isCpuBound }: SeenTarget,
): BlockMeter {
  const wantsThroughput = goal === 'throughput' || (goal === 'auto' && isCpuBound);
  if (!wantsThroughput) return waitingMeter(host, tgid, watched.tids);
  return isCpuBound ? runTimeMeter(host, tgid) : wakeUpsMeter(host, tgid);
}

/** Threads of it now, for the plan. */
export function threadCount({ host }: Workshop, { tgid }: FoundTarget): number {
  return (orNull(host.read(threadList, { pid: tgid })) ?? []).length;
}
