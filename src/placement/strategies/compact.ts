/** As few cores behind one last-level cache as the process needs: threads that wake each other stay near. */
import { noisePct, quietestFirst, type UsableCore, unionOf, usableCores, usableLlcs } from '../cpu-choice.ts';
import { firstWithRoom, known, wantedCpus } from '../demand.ts';
import { moveCostPct } from '../move-cost.ts';
import { moveTarget, openToOthers } from '../moves.ts';
import { cpusOf, pct } from '../phrases.ts';
import type { Situation } from '../situation.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

/** Threads that wake less often than this have little to say to each other: 1 wake in 10 ms. A convention. */
const TALKING_PER_SEC = 100;

export const compact: Strategy = {
  id: 'compact',
  does: {
    en: 'keeps threads that wake each other on neighbouring cores',
    ko: '서로 깨우는 스레드를 이웃한 코어에 모읍니다',
  },
  goals: ['latency', 'cache'],
  splitsCores: false,
  propose(situation) {
    const talking = situation.target.threads.filter(
      (thread) => known(thread.wakeUpsPerSec) >= TALKING_PER_SEC,
    );
    if (talking.length < 2)
      return notHere(
        `${talking.length} of its threads wake ${TALKING_PER_SEC} times a second and more; it takes two that could wake each other`,
        `초당 ${TALKING_PER_SEC}번 이상 깨어나는 스레드가 ${talking.length}개입니다. 서로 깨우려면 둘이 필요합니다`,
      );
    const cores = usableCores(situation);
    const taken = nearest(cores, situation);
    if (taken === null)
      return notHere(
        `it wants ${cpusOf(wantedCpus(situation))} CPUs, more than one last-level cache has cores for`,
        `CPU ${cpusOf(wantedCpus(situation))}개가 필요해 한 LLC의 코어로는 모자랍니다`,
      );
    if (taken.length === cores.length)
      return notHere(
        `it takes all ${cores.length} cores it may use`,
        `쓸 수 있는 코어 ${cores.length}개가 모두 필요합니다`,
      );
    const cpus = unionOf(taken);
    const wakes = talking.reduce((sum, thread) => sum + known(thread.wakeUpsPerSec), 0);
    const bound = moveCostPct(situation);
    return propose({
      strategy: compact.id,
      name: `compact:${cpus}`,
      summary: {
        en: `pin every thread to ${cpus}, ${taken.length === 1 ? 'one core' : `${taken.length} neighbouring cores`}`,
        ko: `모든 스레드를 ${taken.length === 1 ? '코어 하나' : `이웃한 코어 ${taken.length}개`}(${cpus})에 고정합니다`,
      },
      moves: [moveTarget(situation, 'all', { cpus })],
      groups: [],
      why: {
        en: `${talking.length} threads wake ${wakes.toFixed(0)} times/s and want ${cpusOf(wantedCpus(situation))} CPUs together`,
        ko: `스레드 ${talking.length}개가 초당 ${wakes.toFixed(0)}번 깨어나고 합쳐서 CPU ${cpusOf(wantedCpus(situation))}개가 필요합니다`,
      },
      expectedGain: {
        en: `shorter wake-ups, and at most ${pct(bound)} of the time for moves`,
        ko: `더 빠른 깨움, 그리고 이동 비용으로 많아야 시간의 ${pct(bound)}`,
      },
      upToPct: bound,
      risk: openToOthers(cpus),
      isSlow: false,
    });
  },
};

/** The fewest cores with room, behind one last-level cache, in the quietest one; null where none has room. */
function nearest(cores: readonly UsableCore[], situation: Situation): readonly UsableCore[] | null {
  const llcs = usableLlcs(situation).map(({ cpus }) => cpus);
  const domains = llcs.length > 0 ? llcs : [situation.usable];
  const found = domains.flatMap((domain) => {
    const taken = firstWithRoom(
      quietestFirst(cores.filter(({ cpus }) => cpus.isSubsetOf(domain))),
      situation,
    );
    return taken === null ? [] : [taken];
  });
  const noise = (taken: readonly UsableCore[]) => noisePct(unionOf(taken), situation) ?? 0;
  return found.sort((a, b) => a.length - b.length || noise(a) - noise(b))[0] ?? null;
}
