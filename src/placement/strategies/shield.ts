/**
 * Cores for the target alone: its threads there, and whoever else runs off them. In a trial by the affinity of those who
 * ran; `keel shield` then keeps everyone off, interrupts and programs to come too.
 */
import type { CpuSet } from '../../base/cpu-set.ts';
import { quietestFirst, setName, unionOf, usableCores } from '../cpu-choice.ts';
import { firstWithRoom, longestDelayPct } from '../demand.ts';
import { moveTarget, waitingGain } from '../moves.ts';
import { pct } from '../phrases.ts';
import type { Move } from '../proposal.ts';
import type { OtherProcess, Situation } from '../situation.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

/** As the rule `waits-for-cpu` speaks. */
const NOTABLE_PCT = 1;

export const shield: Strategy = {
  id: 'shield',
  does: {
    en: 'keeps everyone else off some cores, and gives them to the target',
    ko: '일부 코어에서 다른 태스크를 모두 내보내고 대상에게 줍니다',
  },
  goals: ['latency', 'isolation'],
  splitsCores: false,
  propose(situation) {
    const delay = longestDelayPct(situation);
    if (delay < NOTABLE_PCT)
      return notHere(
        `its threads waited for a CPU at most ${pct(delay)} of the time`,
        `스레드가 CPU를 기다린 시간이 많아야 ${pct(delay)}입니다`,
      );
    const others = situation.others.filter(({ isKernelThread, tgid }) => !isKernelThread && tgid !== 1);
    if (others.length === 0) return notHere('no other program ran', '실행된 다른 프로그램이 없습니다');
    const cores = usableCores(situation);
    const chosen = firstWithRoom(quietestFirst(cores), situation);
    if (chosen === null || chosen.length >= cores.length)
      return notHere(
        `on ${situation.usable} no core would be left for the others`,
        `${situation.usable}에서는 다른 태스크에 남길 코어가 없습니다`,
      );
    const cpus = unionOf(chosen);
    return propose(proposal(situation, cpus, others, delay));
  },
};

function proposal(situation: Situation, cpus: CpuSet, others: readonly OtherProcess[], delayPct: number) {
  const name = setName(cpus, situation.topology);
  const ran = others.reduce((sum, one) => sum + one.runPct, 0);
  const lost = Math.round((cpus.size / situation.topology.online.size) * 100);
  return {
    strategy: shield.id,
    name: `alone on ${cpus}`,
    summary: {
      en: `keep others off ${name} (${cpus}), and pin every thread there`,
      ko: `${name} (${cpus})에서 다른 태스크를 내보내고 모든 스레드를 그곳에 고정합니다`,
    },
    moves: [moveTarget(situation, 'all', { cpus }), ...others.map((one) => moveAway(one, cpus))],
    groups: [],
    why: {
      en: `${others.length} other ${others.length === 1 ? 'program' : 'programs'} ran ${pct(ran)} of a CPU while it waited ${pct(delayPct)} of the time`,
      ko: `대상이 ${pct(delayPct)} 기다리는 동안 다른 프로그램 ${others.length}개가 CPU의 ${pct(ran)}을(를) 썼습니다`,
    },
    expectedGain: waitingGain(delayPct),
    upToPct: delayPct,
    risk: {
      en: `the others lose ${cpus.size} of ${situation.topology.online.size} CPUs (${lost} %); programs started later may come in, but for keel shield`,
      ko: `다른 태스크는 CPU ${situation.topology.online.size}개 중 ${cpus.size}개(${lost} %)를 잃습니다. 나중에 시작한 프로그램까지 막으려면 keel shield를 쓰세요`,
    },
    isSlow: false,
  };
}

function moveAway({ tgid, comm }: OtherProcess, away: CpuSet): Move {
  return { tgid, comm, threads: 'all', cpus: null, away, scheduling: null, memory: null };
}
