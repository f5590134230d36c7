/** Lets every thread use all CPUs it may: a pin that is no longer right is often the cause. */
import { isMissing } from '../../base/missing.ts';
import { longestDelayPct } from '../demand.ts';
import { moveTarget, waitingGain } from '../moves.ts';
import { pct } from '../phrases.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

export const unpin: Strategy = {
  id: 'unpin',
  does: {
    en: 'takes pins away: every thread may use all CPUs that the process may',
    ko: '고정을 풀어, 모든 스레드가 프로세스에 허용된 CPU를 모두 쓰게 합니다',
  },
  goals: ['latency', 'throughput', 'general'],
  splitsCores: false,
  propose(situation) {
    const { usable, target } = situation;
    const pinned = target.threads.filter(
      ({ affinity }) => !isMissing(affinity) && !usable.isSubsetOf(affinity),
    );
    const [first] = pinned;
    if (first === undefined || isMissing(first.affinity))
      return notHere(
        `no thread is pinned: all may use ${usable}`,
        `고정된 스레드가 없고 모두 ${usable}을(를) 쓸 수 있습니다`,
      );
    const delay = longestDelayPct(situation);
    const now = first.affinity.intersect(usable);
    return propose({
      strategy: unpin.id,
      name: `unpin:${usable}`,
      summary: {
        en: `let every thread use all CPUs (${usable})`,
        ko: `모든 스레드가 모든 CPU(${usable})를 쓰게 합니다`,
      },
      moves: [moveTarget(situation, 'all', { cpus: usable })],
      groups: [],
      why: {
        en: `${pinned.length} of ${target.threads.length} threads may use a part only (such as ${now}), and the longest wait is ${pct(delay)}`,
        ko: `스레드 ${target.threads.length}개 중 ${pinned.length}개가 일부(예: ${now})만 쓸 수 있고, 가장 긴 대기는 ${pct(delay)}입니다`,
      },
      expectedGain: waitingGain(delay),
      upToPct: delay,
      risk: {
        en: 'somebody pinned it on purpose, perhaps; its data may leave the caches when it moves',
        ko: '누군가 일부러 고정했을 수 있고, 이동하면 캐시의 데이터를 잃을 수 있습니다',
      },
      isSlow: false,
    });
  },
};
