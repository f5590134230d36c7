/** How much CPU a process wants, and how much a set of CPUs can give. */
import type { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe } from '../base/missing.ts';
import { unionOf } from './cpu-choice.ts';
import type { Situation, TargetThread } from './situation.ts';

/** A thread that wants half of a CPU and more is one that a CPU can be planned for. */
export const BUSY_PCT = 50;
/** Beyond four fifths in use, waiting grows faster than use does (M/M/1: the mean wait at 80 % is four services). */
export const FULL_RATIO = 0.8;
/** What each further SMT sibling adds to a core: gains of 0 to 30 % are usual. A convention. */
const SIBLING_RATIO = 0.25;

export function known(value: Maybe<number>): number {
  return isMissing(value) ? 0 : value;
}

/** Running or ready to: what it would run if nobody were in its way, 0 to 100. An upper bound where it waits. */
export function wantedPct(thread: TargetThread): number {
  return Math.min(100, known(thread.runPct) + known(thread.runDelayPct));
}

/** In CPUs. */
export function wantedCpus(situation: Situation): number {
  return situation.target.threads.reduce((sum, thread) => sum + wantedPct(thread) / 100, 0);
}

export function busyThreads(situation: Situation): readonly TargetThread[] {
  return situation.target.threads
    .filter((thread) => wantedPct(thread) >= BUSY_PCT)
    .sort((a, b) => wantedPct(b) - wantedPct(a) || a.tid - b.tid);
}

/** The longest run delay of a thread: what placements against waiting could win back at most. */
export function longestDelayPct(situation: Situation): number {
  return Math.max(0, ...situation.target.threads.map((thread) => Math.min(100, known(thread.runDelayPct))));
}

/** What the CPUs are worth in CPUs of their own core. */
export function worthCpus(cpus: CpuSet, situation: Situation): number {
  const coreOf = new Map(situation.topology.cpus.map(({ cpu, groups }) => [cpu, groups.core]));
  const seen = new Set<string>();
  let worth = 0;
  for (const cpu of cpus) {
    const core = coreOf.get(cpu)?.toKernelList() ?? `${cpu}`;
    worth += seen.has(core) ? SIBLING_RATIO : 1;
    seen.add(core);
  }
  return worth;
}

/** Whether the process has room on these CPUs, others left out of account. */
export function hasRoom(cpus: CpuSet, situation: Situation): boolean {
  return wantedCpus(situation) <= worthCpus(cpus, situation) * FULL_RATIO;
}

/** So many of the first cores that the process has room on them; null where all are too few. */
export function firstWithRoom<T extends { readonly cpus: CpuSet }>(
  cores: readonly T[],
  situation: Situation,
): readonly T[] | null {
  const last = cores.findIndex((_, i) => hasRoom(unionOf(cores.slice(0, i + 1)), situation));
  return last < 0 ? null : cores.slice(0, last + 1);
}
