/** One CPU of each core: busy threads do not share the execution units of a core. */
import { CpuSet } from '../../base/cpu-set.ts';
import { usableCores } from '../cpu-choice.ts';
import { busyThreads, wantedCpus } from '../demand.ts';
import { moveTarget } from '../moves.ts';
import { cpusOf } from '../phrases.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

export const spread: Strategy = {
  id: 'spread',
  does: {
    en: 'uses one CPU of each core, so that busy threads share no core',
    ko: '코어마다 CPU 하나만 써서 바쁜 스레드가 코어를 나눠 쓰지 않게 합니다',
  },
  goals: ['throughput'],
  splitsCores: true,
  propose(situation) {
    const cores = usableCores(situation);
    const busy = busyThreads(situation);
    if (cores.every(({ cpus }) => cpus.size === 1))
      return notHere(
        `no core has SMT siblings that it may use, so each CPU of ${situation.usable} is a core already`,
        `쓸 수 있는 SMT 형제가 없어 ${situation.usable}의 CPU가 이미 각각 코어 하나입니다`,
      );
    if (busy.length < 2 || busy.length > cores.length)
      return notHere(
        `${busy.length} busy threads and ${cores.length} cores: spreading helps from 2 threads to one for each core`,
        `바쁜 스레드 ${busy.length}개, 코어 ${cores.length}개입니다. 분산은 스레드가 2개 이상이고 코어 수 이하일 때 도움이 됩니다`,
      );
    const cpus = CpuSet.from(cores.map(({ cpus: core }) => core.first as number));
    const wants = cpusOf(wantedCpus(situation));
    return propose({
      strategy: spread.id,
      name: `spread:${cpus}`,
      summary: {
        en: `pin every thread to one CPU of each core (${cpus})`,
        ko: `모든 스레드를 코어마다 CPU 하나씩(${cpus})에 고정합니다`,
      },
      moves: [moveTarget(situation, 'all', { cpus })],
      groups: [],
      why: {
        en: `${busy.length} busy threads want ${wants} CPUs; two of them on one core slow each other`,
        ko: `바쁜 스레드 ${busy.length}개가 CPU ${wants}개를 필요로 합니다. 둘이 한 코어에 있으면 서로 느려집니다`,
      },
      expectedGain: {
        en: 'the part of their speed that siblings cost; the kernel spreads too, so often none',
        ko: '형제 때문에 잃던 속도. 커널도 분산하므로 차이가 없을 때가 많습니다',
      },
      upToPct: null,
      risk: {
        en: `others on the siblings (${situation.usable.minus(cpus)}) still slow it, and it can use half of the CPUs only`,
        ko: `형제 CPU(${situation.usable.minus(cpus)})의 다른 태스크는 여전히 영향을 주고, 쓸 수 있는 CPU가 줄어듭니다`,
      },
      isSlow: false,
    });
  },
};
