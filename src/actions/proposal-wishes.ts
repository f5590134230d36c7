/** A proposal as wishes: what it wants of each thread of each process. */
import type { MemoryMove, Move, SchedulingMove } from '../placement/proposal.ts';
import type { ThreadId } from './controls.ts';
import { wishAffinity, wishAway } from './settings/affinity.ts';
import { memoryMode, policyFor, wishMemoryPolicy } from './settings/memory-policy.ts';
import { POLICIES, wishScheduling } from './settings/scheduling.ts';
import type { Wish } from './settings/setting.ts';

/** What the moves of one process want of a thread: a move that names it goes before those of all. */
export function wishesForThread(moves: readonly Move[], { tid }: ThreadId): readonly Wish[] {
  const naming = moves.filter(({ threads }) => threads !== 'all' && threads.includes(tid));
  const move = naming.at(-1) ?? moves.findLast(({ threads }) => threads === 'all');
  return move === undefined ? [] : wishesOfMove(move);
}

function wishesOfMove({ cpus, away, scheduling, memory }: Move): readonly Wish[] {
  return [
    ...(cpus === null ? [] : [wishAffinity(cpus)]),
    ...(away === undefined ? [] : [wishAway(away, (pinned) => pinned)]),
    ...(scheduling === null ? [] : [wishScheduling(schedulingWish(scheduling))]),
    ...(memory === null ? [] : [wishMemoryPolicy(memoryPolicy(memory))]),
  ];
}

function schedulingWish({ policy, nice, sliceNs }: SchedulingMove) {
  const number = [...POLICIES].find(([, name]) => name === policy)?.[0];
  return { policy: number === undefined ? null : { number, realtimePriority: 0 }, nice, sliceNs };
}

function memoryPolicy({ mode, nodes }: MemoryMove) {
  return policyFor(memoryMode(mode) ?? 0, nodes);
}
