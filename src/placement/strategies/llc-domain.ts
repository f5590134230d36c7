/** The whole process behind one last-level cache: a move inside it keeps the data, a move out of it loses it. */
import { isMissing } from '../../base/missing.ts';
import { noisePct, SAME_NOISE_PCT, usableCores, usableLlcs } from '../cpu-choice.ts';
import { hasRoom, known } from '../demand.ts';
import { moveCostPct } from '../move-cost.ts';
import { moveTarget, noRoom, openToOthers } from '../moves.ts';
import { pct } from '../phrases.ts';
import type { Situation } from '../situation.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

export const llcDomain: Strategy = {
  id: 'llc-domain',
  does: {
    en: 'keeps all threads behind one last-level cache',
    ko: '모든 스레드를 한 마지막 단계 캐시(LLC) 안에 둡니다',
  },
  goals: ['latency', 'cache', 'general'],
  splitsCores: false,
  propose(situation) {
    const llcs = usableLlcs(situation);
    if (llcs.length < 2)
      return notHere(
        `all CPUs it may use (${situation.usable}) share one last-level cache, or the kernel tells of none`,
        `쓸 수 있는 CPU(${situation.usable})가 모두 한 LLC를 쓰거나, 커널이 LLC를 알려 주지 않습니다`,
      );
    if (llcs.every(({ cpus }) => usableCores(situation).some((core) => cpus.isSubsetOf(core.cpus))))
      return notHere(
        'each core has a last-level cache of its own, so there is no domain to stay in',
        '코어마다 LLC가 따로 있어 머무를 도메인이 없습니다',
      );
    const best = preferred(situation, llcs);
    if (!hasRoom(best.cpus, situation)) return { because: noRoom(best.cpus, best.name, situation) };
    const moves = situation.target.threads.reduce((sum, thread) => sum + known(thread.migrationsPerSec), 0);
    const bound = moveCostPct(situation);
    return propose({
      strategy: llcDomain.id,
      name: best.name,
      summary: {
        en: `pin every thread to ${best.name} (${best.cpus})`,
        ko: `모든 스레드를 ${best.name} (${best.cpus})에 고정합니다`,
      },
      moves: [moveTarget(situation, 'all', { cpus: best.cpus })],
      groups: [],
      why: {
        en: `it may use ${llcs.length} LLC domains and moved ${moves.toFixed(1)} times/s; a move to another one leaves its cached data behind`,
        ko: `LLC 도메인 ${llcs.length}개를 쓸 수 있고 초당 ${moves.toFixed(1)}번 이동했습니다. 다른 도메인으로 가면 캐시의 데이터를 잃습니다`,
      },
      expectedGain: {
        en: `at most ${pct(bound)} of the time: ${moves.toFixed(1)} moves/s of 0.5 ms each`,
        ko: `많아야 시간의 ${pct(bound)} (초당 ${moves.toFixed(1)}번 이동, 한 번에 최대 0.5 ms)`,
      },
      upToPct: bound,
      risk: openToOthers(best.cpus),
      isSlow: false,
    });
  },
};

/** The quietest; among equals the one that most of its memory is near to, then the one where it runs most. */
function preferred(situation: Situation, llcs: ReturnType<typeof usableLlcs>) {
  const ranked = llcs.map((llc) => ({
    ...llc,
    noise: Math.round((noisePct(llc.cpus, situation) ?? 0) / SAME_NOISE_PCT),
    nearBytes: nearBytes(llc.cpus.ids(), situation),
    here: situation.target.threads.reduce(
      (sum, thread) => sum + (llc.cpus.has(thread.lastCpu) ? known(thread.runPct) : 0),
      0,
    ),
  }));
  ranked.sort((a, b) => a.noise - b.noise || b.nearBytes - a.nearBytes || b.here - a.here);
  return ranked[0] as (typeof ranked)[number];
}

function nearBytes(cpus: readonly number[], { target, topology }: Situation): number {
  if (isMissing(target.byNode)) return 0;
  const nodes = new Set(topology.cpus.filter(({ cpu }) => cpus.includes(cpu)).map(({ node }) => node));
  return [...target.byNode].reduce((sum, [node, bytes]) => sum + (nodes.has(node) ? bytes : 0), 0);
}
