/** A thread that must be fast, kept off the efficiency cores of a hybrid machine. */
import { coresOfType } from '../core-type.ts';
import { hasRoom, known, wantedCpus } from '../demand.ts';
import { moveTarget, noRoom, openToOthers } from '../moves.ts';
import { cpusOf, pct } from '../phrases.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

export const performanceCores: Strategy = {
  id: 'performance-cores',
  does: {
    en: 'keeps all threads on performance cores, where there are several types',
    ko: '코어 종류가 여럿이면 모든 스레드를 성능 코어에 둡니다',
  },
  goals: ['latency', 'throughput'],
  splitsCores: false,
  propose(situation) {
    if (situation.topology.coreTypeSource === null)
      return notHere('all cores of this machine are of one type', '이 컴퓨터의 코어는 모두 한 종류입니다');
    const cpus = coresOfType(situation, ['performance']);
    if (cpus.isEmpty || cpus.equals(situation.usable))
      return notHere(
        cpus.isEmpty
          ? `no performance core is among the CPUs it may use (${situation.usable})`
          : `all CPUs it may use (${situation.usable}) are performance cores`,
        cpus.isEmpty
          ? `쓸 수 있는 CPU(${situation.usable}) 중에 성능 코어가 없습니다`
          : `쓸 수 있는 CPU(${situation.usable})가 모두 성능 코어입니다`,
      );
    if (situation.target.workload === 'io_bound')
      return notHere('it mostly waits for storage', '주로 저장 장치를 기다립니다');
    if (!hasRoom(cpus, situation)) return { because: noRoom(cpus, 'type:performance', situation) };
    const elsewhere = situation.target.threads
      .filter((thread) => !cpus.has(thread.lastCpu))
      .reduce((sum, thread) => sum + known(thread.runPct), 0);
    return propose({
      strategy: performanceCores.id,
      name: `performance:${cpus}`,
      summary: {
        en: `pin every thread to the performance cores (${cpus})`,
        ko: `모든 스레드를 성능 코어(${cpus})에 고정합니다`,
      },
      moves: [moveTarget(situation, 'all', { cpus })],
      groups: [],
      why: {
        en: `it wants ${cpusOf(wantedCpus(situation))} CPUs, and threads that ran ${pct(elsewhere)} of a CPU were last on slower cores`,
        ko: `CPU ${cpusOf(wantedCpus(situation))}개가 필요한데, CPU의 ${pct(elsewhere)}만큼 실행된 스레드가 마지막에 느린 코어에 있었습니다`,
      },
      expectedGain: {
        en: 'the same work in less time; by how much shows only when tried',
        ko: '같은 일을 더 짧은 시간에 합니다. 얼마나 나은지는 시험해 보아야 압니다',
      },
      upToPct: null,
      risk: openToOthers(cpus),
      isSlow: false,
    });
  },
};
