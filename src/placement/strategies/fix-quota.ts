/** The target is stopped by its CPU quota: no placement helps, a larger quota does. */
import { isMissing } from '../../base/missing.ts';
import { known } from '../demand.ts';
import { cpusOf, pct } from '../phrases.ts';
import type { QuotaState, Situation } from '../situation.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

/** One period of a hundred: as the rule `throttled` speaks. */
const NOTABLE_PCT = 1;

export const fixQuota: Strategy = {
  id: 'fix-quota',
  does: { en: 'raises the CPU quota that stops it', ko: '프로세스를 멈추게 하는 CPU 할당량을 올립니다' },
  goals: ['latency', 'throughput', 'general'],
  splitsCores: false,
  propose(situation) {
    const { quota } = situation;
    if (isMissing(quota))
      return notHere(`its quota is not known (${quota.path})`, `할당량을 알 수 없습니다 (${quota.path})`);
    if (quota === null) return notHere('it has no CPU quota', 'CPU 할당량이 없습니다');
    const stopped = known(quota.stoppedPct);
    if (stopped < NOTABLE_PCT)
      return notHere(
        `its quota of ${cpusOf(quota.cpus)} CPUs stopped it in ${pct(stopped)} of the periods`,
        `CPU ${cpusOf(quota.cpus)}개의 할당량 때문에 멈춘 주기가 ${pct(stopped)}입니다`,
      );
    const toCpus = enough(quota, situation);
    if (toCpus <= quota.cpus)
      return notHere(
        `its quota is ${cpusOf(quota.cpus)} CPUs, and it may use ${situation.usable.size}`,
        `할당량이 CPU ${cpusOf(quota.cpus)}개이고 쓸 수 있는 CPU는 ${situation.usable.size}개입니다`,
      );
    const [from, to] = [cpusOf(quota.cpus), cpusOf(toCpus)];
    return propose({
      strategy: fixQuota.id,
      name: `quota:${to}`,
      summary: {
        en: `raise the CPU quota of ${quota.cgroup} from ${from} to ${to} CPUs`,
        ko: `${quota.cgroup}의 CPU 할당량을 CPU ${from}개에서 ${to}개로 올립니다`,
      },
      moves: [],
      groups: [{ kind: 'quota', cgroup: quota.cgroup, fromCpus: quota.cpus, toCpus }],
      why: {
        en: `it was stopped in ${pct(stopped)} of the periods, which no placement changes`,
        ko: `주기의 ${pct(stopped)}에서 멈췄으며, CPU 고정으로는 바뀌지 않습니다`,
      },
      expectedGain: {
        en: `the ${pct(stopped)} of the periods in which it stood still`,
        ko: `멈춰 있던 주기 ${pct(stopped)}`,
      },
      upToPct: stopped,
      risk: {
        en: `the others on this machine may get up to ${cpusOf(toCpus - quota.cpus)} CPUs less`,
        ko: `이 컴퓨터의 다른 작업이 쓸 CPU가 최대 ${cpusOf(toCpus - quota.cpus)}개 줄어듭니다`,
      },
      isSlow: false,
    });
  },
};

/** What it used, and what it was kept from using. The stopped time counts each CPU, so this is an upper bound. */
function enough(quota: QuotaState, { windowNs, usable }: Situation): number {
  const wanted = quota.cpus + known(quota.throttledNs) / windowNs;
  return Math.min(usable.size, Math.ceil(wanted * 10) / 10);
}
