/**
 * Whoever holds the CPUs comes after the target: the idle class for its threads where that counts, else for its group.
 * Between two sessions the idle class of threads changes nothing (measured on 6.18, two endless loops on one CPU:
 * 50 to 50 with the class, 98 to 2 with nice 19 of the session).
 */
import { isMissing } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import { competitors, HOG_PCT } from '../competitor.ts';
import { longestDelayPct } from '../demand.ts';
import { type Lever, leverOn } from '../groups.ts';
import { waitingGain } from '../moves.ts';
import { holderName, pct } from '../phrases.ts';
import type { GroupMove, Move, Proposal } from '../proposal.ts';
import type { OtherProcess, Situation } from '../situation.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

/** As the rule `waits-for-cpu` speaks. */
const NOTABLE_PCT = 1;

export const lowerHog: Strategy = {
  id: 'lower-hog',
  does: {
    en: 'puts whoever holds the CPUs behind the target (idle class)',
    ko: 'CPU를 차지한 태스크를 대상보다 뒤로 미룹니다 (idle 클래스)',
  },
  goals: ['latency', 'throughput', 'general'],
  splitsCores: false,
  propose(situation) {
    const delay = longestDelayPct(situation);
    if (delay < NOTABLE_PCT)
      return notHere(
        `its threads waited for a CPU at most ${pct(delay)} of the time`,
        `스레드가 CPU를 기다린 시간이 많아야 ${pct(delay)}입니다`,
      );
    const [hog] = competitors(situation).filter(({ policy }) => policy !== 'idle');
    if (hog === undefined)
      return notHere(
        `no other process ran ${HOG_PCT} % of a CPU and more outside of the idle class`,
        `idle 클래스가 아닌 다른 프로세스 중에 CPU를 ${HOG_PCT} % 이상 쓴 것이 없습니다`,
      );
    const lever = leverOn(hog.group, situation.target.group);
    if (lever === null)
      return notHere(
        `${holderName(hog)} ran ${pct(hog.runPct)}, but which scheduling groups the two are in is not known`,
        `${holderName(hog)}이(가) ${pct(hog.runPct)} 실행되었지만, 둘의 스케줄링 그룹을 알 수 없습니다`,
      );
    if (lever === 'outer')
      return notHere(
        `${holderName(hog)} ran ${pct(hog.runPct)}, but its weight counts only beside its neighbours; a group above it would have to be lowered with all in it`,
        `${holderName(hog)}이(가) ${pct(hog.runPct)} 실행되었지만 그 가중치는 이웃끼리만 유효합니다. 상위 그룹을 통째로 낮춰야 합니다`,
      );
    return propose(proposal(hog, lever, situation));
  },
};

function proposal(hog: OtherProcess, lever: Exclude<Lever, 'outer'>, situation: Situation): Proposal {
  const name = holderName(hog);
  const delay = longestDelayPct(situation);
  return {
    strategy: lowerHog.id,
    name: `idle:${name}`,
    summary: summary(name, lever, hog),
    moves: lever === 'thread' ? [idleMove(hog)] : [],
    groups: lever === 'thread' ? [] : [groupMove(hog)],
    why: {
      en: `${name} ran ${pct(hog.runPct)} of a CPU while the target waited ${pct(delay)} of the time`,
      ko: `대상이 ${pct(delay)} 기다리는 동안 ${name}이(가) CPU의 ${pct(hog.runPct)}을(를) 썼습니다`,
    },
    expectedGain: waitingGain(delay),
    upToPct: delay,
    risk: {
      en: `${name} gets only what others leave, and takes longer`,
      ko: `${name}은(는) 남는 CPU만 쓰게 되어 더 오래 걸립니다`,
    },
    isSlow: false,
  };
}

function summary(name: string, lever: Lever, hog: OtherProcess): Sentence {
  if (lever === 'thread')
    return { en: `run ${name} in the idle class`, ko: `${name}을(를) idle 클래스로 실행합니다` };
  return groupMove(hog).kind === 'autogroup'
    ? {
        en: `give the session of ${name} nice 19 (its own class would not count here)`,
        ko: `${name}의 세션에 nice 19를 줍니다 (이 경우 자신의 클래스는 효과가 없습니다)`,
      }
    : {
        en: `make the cgroup of ${name} idle (the class of its threads would not count here)`,
        ko: `${name}의 cgroup을 idle로 만듭니다 (이 경우 스레드의 클래스는 효과가 없습니다)`,
      };
}

function idleMove({ tgid, comm }: OtherProcess): Move {
  const scheduling = { policy: 'idle', nice: null, sliceNs: null } as const;
  return { tgid, comm, threads: 'all', cpus: null, scheduling, memory: null };
}

function groupMove({ tgid, comm, unit, group }: OtherProcess): GroupMove {
  if (isMissing(group) || group.autogroup === null)
    return { kind: 'idle-cgroup', cgroup: isMissing(group) ? '/' : group.cgroup, unit };
  return { kind: 'autogroup', session: group.autogroup, tgid, comm, nice: 19 };
}
