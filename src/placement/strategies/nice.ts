/** A larger share for the target by its nice value, where that counts: only against tasks of its own group. */
import { competitors, HOG_PCT } from '../competitor.ts';
import { longestDelayPct } from '../demand.ts';
import { leverOn } from '../groups.ts';
import { moveTarget, waitingGain } from '../moves.ts';
import { holderName, pct } from '../phrases.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

const NOTABLE_PCT = 1;
/** Ten levels are a share of ten to one (kernel/sched/core.c, sched_prio_to_weight: 1024 and 9548). */
const NICE = -10;

export const nice: Strategy = {
  id: 'nice',
  does: {
    en: 'gives the target a larger share by its nice value, where that counts',
    ko: 'nice 값으로 대상의 몫을 늘립니다 (효과가 있는 경우)',
  },
  goals: ['latency', 'throughput', 'general'],
  splitsCores: false,
  propose(situation) {
    const { target } = situation;
    const delay = longestDelayPct(situation);
    if (delay < NOTABLE_PCT)
      return notHere(
        `its threads waited for a CPU at most ${pct(delay)} of the time`,
        `스레드가 CPU를 기다린 시간이 많아야 ${pct(delay)}입니다`,
      );
    const rivals = competitors(situation);
    const beside = rivals.filter(({ group }) => leverOn(target.group, group) === 'thread');
    const [hog] = rivals;
    const [rival] = beside;
    if (hog === undefined)
      return notHere(
        `no other process ran ${HOG_PCT} % of a CPU and more`,
        `CPU를 ${HOG_PCT} % 이상 쓴 다른 프로세스가 없습니다`,
      );
    if (rival === undefined)
      return notHere(
        `${holderName(hog)} (${pct(hog.runPct)}) is in another session or cgroup, against which nice does nothing`,
        `${holderName(hog)} (${pct(hog.runPct)})은(는) 다른 세션이나 cgroup에 있어 nice가 효과가 없습니다`,
      );
    if (target.threads.every((thread) => thread.nice <= NICE))
      return notHere(`its nice value is ${NICE} or less already`, `nice 값이 이미 ${NICE} 이하입니다`);
    return propose({
      strategy: nice.id,
      name: `nice:${NICE}`,
      summary: {
        en: `give every thread nice ${NICE}`,
        ko: `모든 스레드에 nice ${NICE}을(를) 줍니다`,
      },
      moves: [moveTarget(situation, 'all', { scheduling: { policy: null, nice: NICE, sliceNs: null } })],
      groups: [],
      why: {
        en: `it waited ${pct(delay)} of the time, and ${holderName(rival)} of the same group ran ${pct(rival.runPct)}`,
        ko: `${pct(delay)} 기다렸고, 같은 그룹의 ${holderName(rival)}이(가) ${pct(rival.runPct)} 실행되었습니다`,
      },
      expectedGain: waitingGain(delay),
      upToPct: delay,
      risk: {
        en: 'every task of its group gets a tenth of the share it had beside it',
        ko: '같은 그룹의 다른 태스크는 대상에 비해 10분의 1의 몫만 받습니다',
      },
      isSlow: false,
    });
  },
};
