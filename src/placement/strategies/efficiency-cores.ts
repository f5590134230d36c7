/** Work that mostly waits for storage, on the efficiency cores of a hybrid machine. */
import type { CpuSet } from '../../base/cpu-set.ts';
import { coresOfType } from '../core-type.ts';
import { hasRoom, wantedCpus } from '../demand.ts';
import { moveTarget, noRoom, openToOthers } from '../moves.ts';
import { cpusOf } from '../phrases.ts';
import type { Situation } from '../situation.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

export const efficiencyCores: Strategy = {
  id: 'efficiency-cores',
  does: {
    en: 'puts work that mostly waits on efficiency cores, where there are any',
    ko: '주로 기다리는 작업을 효율 코어에 둡니다 (있는 경우)',
  },
  goals: ['general', 'throughput'],
  splitsCores: false,
  propose(situation) {
    if (situation.topology.coreTypeSource === null)
      return notHere('all cores of this machine are of one type', '이 컴퓨터의 코어는 모두 한 종류입니다');
    const cpus = coresOfType(situation, ['efficiency', 'low-power']);
    if (cpus.isEmpty)
      return notHere(
        `no efficiency core is among the CPUs it may use (${situation.usable})`,
        `쓸 수 있는 CPU(${situation.usable}) 중에 효율 코어가 없습니다`,
      );
    const { workload } = situation.target;
    if (workload !== 'io_bound')
      return notHere(
        `it is ${workload.replaceAll('_', ' ')}, and wants ${cpusOf(wantedCpus(situation))} CPUs; slower cores are for work that waits for storage`,
        `작업 유형이 ${workload}이고 CPU ${cpusOf(wantedCpus(situation))}개가 필요합니다. 느린 코어는 저장 장치를 기다리는 작업에 맞습니다`,
      );
    if (!hasRoom(cpus, situation)) return { because: noRoom(cpus, 'type:efficiency', situation) };
    return propose(proposal(situation, cpus));
  },
};

function proposal(situation: Situation, cpus: CpuSet) {
  const wants = cpusOf(wantedCpus(situation));
  return {
    strategy: efficiencyCores.id,
    name: `efficiency:${cpus}`,
    summary: {
      en: `pin every thread to the efficiency cores (${cpus})`,
      ko: `모든 스레드를 효율 코어(${cpus})에 고정합니다`,
    },
    moves: [moveTarget(situation, 'all', { cpus })],
    groups: [],
    why: {
      en: `it waits for storage and wants ${wants} CPUs only; told apart by ${situation.topology.coreTypeSource}`,
      ko: `저장 장치를 기다리며 CPU는 ${wants}개만 필요합니다. 코어 종류의 근거: ${situation.topology.coreTypeSource}`,
    },
    expectedGain: {
      en: 'none for itself: it frees performance cores and saves power',
      ko: '자신에게는 없음. 성능 코어를 비우고 전력을 아낍니다',
    },
    upToPct: null,
    risk: openToOthers(cpus),
    isSlow: false,
  };
}
