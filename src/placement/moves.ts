/** The moves that strategies make, and whether they would change anything. */
import type { CpuSet } from '../base/cpu-set.ts';
import { isMissing } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import { FULL_RATIO, wantedCpus, worthCpus } from './demand.ts';
import { cpusOf, pct } from './phrases.ts';
import type { MemoryMove, Move, Proposal, SchedulingMove } from './proposal.ts';
import type { Situation, TargetThread } from './situation.ts';

interface Changes {
  readonly cpus?: CpuSet;
  readonly scheduling?: SchedulingMove;
  readonly memory?: MemoryMove;
}

/** @param threads all of them, those born later too, or these */
export function moveTarget(
  { target }: Situation,
  threads: 'all' | readonly TargetThread[],
  changes: Changes,
): Move {
  return {
    tgid: target.tgid,
    comm: target.comm,
    threads: threads === 'all' ? 'all' : threads.map((thread) => thread.tid),
    cpus: changes.cpus ?? null,
    scheduling: changes.scheduling ?? null,
    memory: changes.memory ?? null,
  };
}

/** The CPUs a proposal leaves to a thread; null where it leaves them as they are. */
export function cpusAfter(thread: TargetThread, proposal: Proposal, situation: Situation): CpuSet | null {
  const own = proposal.moves.filter((move) => move.tgid === situation.target.tgid && move.cpus !== null);
  const named = own.find((move) => move.threads !== 'all' && move.threads.includes(thread.tid));
  return (named ?? own.find((move) => move.threads === 'all'))?.cpus ?? null;
}

/** Every thread is already where the proposal would put it, and it sets nothing else. */
export function isInPlace(proposal: Proposal, situation: Situation): boolean {
  const { moves, groups } = proposal;
  if (moves.length === 0 || groups.length > 0) return false;
  if (
    moves.some(
      (move) => move.tgid !== situation.target.tgid || move.scheduling !== null || move.memory !== null,
    )
  )
    return false;
  return situation.target.threads.every((thread) => {
    const after = cpusAfter(thread, proposal, situation);
    if (after === null) return true;
    return !isMissing(thread.affinity) && thread.affinity.intersect(situation.topology.online).equals(after);
  });
}

/** What a pin costs everybody: the same for all of them. */
export function openToOthers(cpus: CpuSet): Sentence {
  return {
    en: `${cpus} stay open to everyone, and the kernel can no longer move the threads away when others come`,
    ko: `${cpus}은(는) 다른 태스크도 계속 쓸 수 있고, 그때 커널이 스레드를 다른 곳으로 옮기지 못합니다`,
  };
}

/** Why the process has no room on these CPUs. */
export function noRoom(cpus: CpuSet, name: string, situation: Situation): Sentence {
  const [wanted, room] = [wantedCpus(situation), worthCpus(cpus, situation) * FULL_RATIO].map(cpusOf);
  return {
    en: `its threads want ${wanted} CPUs, and ${name} (${cpus}) has room for ${room}`,
    ko: `스레드가 CPU ${wanted}개만큼 필요한데 ${name} (${cpus})의 여유는 ${room}개입니다`,
  };
}

/** What waiting costs it now: the most that a quieter place can win back. */
export function waitingGain(delayPct: number): Sentence {
  return {
    en: `at most the ${pct(delayPct)} of the time in which it waited for a CPU`,
    ko: `많아야 CPU를 기다린 시간 ${pct(delayPct)}`,
  };
}
