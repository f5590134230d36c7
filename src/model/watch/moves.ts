/** How far the migrations of threads went, as far as two readings tell. */
import { isMissing } from '../../base/missing.ts';
import { type CpuDistance, cpuDistance } from '../cpu-distance.ts';
import { type ThreadReading, taskKey } from '../snapshot.ts';
import type { ThreadInterval } from '../task-interval.ts';
import type { Topology } from '../topology.ts';
import type { Moves } from './frame.ts';

export const NO_MOVES: Moves = { byDistance: {}, unseen: 0 };

/** The distance between two CPUs; null where the topology does not know one of them. */
export function distancesOf(topology: Topology): (from: number, to: number) => CpuDistance | null {
  const known = new Map(topology.cpus.map((one) => [one.cpu, one]));
  return (from, to) => {
    const [a, b] = [known.get(from), known.get(to)];
    return a === undefined || b === undefined ? null : cpuDistance(a, b);
  };
}

/** @param threads what the threads did between `before` and now */
export function movesBetween(
  before: readonly ThreadReading[],
  threads: readonly ThreadInterval[],
  after: readonly ThreadReading[],
  distance: (from: number, to: number) => CpuDistance | null,
): Moves {
  const earlier = new Map(before.map((thread) => [taskKey(thread.stat), thread.stat.cpu]));
  const keys = new Map(after.map((thread) => [thread.tid, taskKey(thread.stat)]));
  const byDistance: Partial<Record<CpuDistance, number>> = {};
  let unseen = 0;
  for (const thread of threads) {
    if (isMissing(thread.migrations) || thread.migrations === 0) continue;
    const from = earlier.get(keys.get(thread.tid) ?? '');
    const went = thread.migrations === 1 && from !== undefined ? distance(from, thread.cpu) : null;
    if (went === null || from === thread.cpu) unseen += thread.migrations;
    else byDistance[went] = (byDistance[went] ?? 0) + 1;
  }
  return { byDistance, unseen };
}

export function addMoves(a: Moves, b: Moves): Moves {
  const byDistance = { ...a.byDistance };
  for (const [name, count] of Object.entries(b.byDistance) as [CpuDistance, number][])
    byDistance[name] = (byDistance[name] ?? 0) + count;
  return { byDistance, unseen: a.unseen + b.unseen };
}
