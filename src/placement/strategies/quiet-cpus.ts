/** The whole process on the cores that others, interrupts and the hypervisor use least. */
import type { CpuSet } from '../../base/cpu-set.ts';
import { isMissing, type Maybe } from '../../base/missing.ts';
import { noisePct, quietestFirst, unionOf, usableCores } from '../cpu-choice.ts';
import { firstWithRoom, longestDelayPct, wantedCpus } from '../demand.ts';
import { moveTarget, openToOthers, waitingGain } from '../moves.ts';
import { cpusOf, pct } from '../phrases.ts';
import type { CpuLoad } from '../situation.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

/** Cores that differ by less are alike as far as one window can tell. */
const APART_PCT = 10;

export const quietCpus: Strategy = {
  id: 'quiet-cpus',
  does: {
    en: 'puts all threads on the cores with the least load of others and the fewest interrupts',
    ko: '다른 부하와 인터럽트가 가장 적은 코어에 모든 스레드를 둡니다',
  },
  goals: ['latency', 'isolation'],
  splitsCores: false,
  propose(situation) {
    if (isMissing(situation.load))
      return notHere(
        `the load of the CPUs is not known (${situation.load.path})`,
        `CPU 부하를 알 수 없습니다 (${situation.load.path})`,
      );
    const cores = quietestFirst(usableCores(situation));
    const taken = firstWithRoom(cores, situation) ?? cores;
    const left = cores.slice(taken.length);
    if (left.length === 0)
      return notHere(
        `it wants ${cpusOf(wantedCpus(situation))} CPUs, which takes all ${cores.length} cores it may use`,
        `CPU ${cpusOf(wantedCpus(situation))}개가 필요해 쓸 수 있는 코어 ${cores.length}개를 모두 써야 합니다`,
      );
    const cpus = unionOf(taken);
    const quiet = noisePct(cpus, situation) ?? 0;
    const loud = Math.max(...left.map((core) => core.noisePct ?? 0));
    if (loud - quiet < APART_PCT)
      return notHere(
        `the cores are about equally loaded by others: ${pct(quiet)} and ${pct(loud)}`,
        `코어들의 다른 부하가 비슷합니다: ${pct(quiet)}와 ${pct(loud)}`,
      );
    return propose({
      strategy: quietCpus.id,
      name: `quiet:${cpus}`,
      summary: {
        en: `pin every thread to the quietest cores (${cpus})`,
        ko: `가장 조용한 코어(${cpus})에 모든 스레드를 고정합니다`,
      },
      moves: [moveTarget(situation, 'all', { cpus })],
      groups: [],
      why: why(cpus, quiet, loud, situation.load),
      expectedGain: waitingGain(longestDelayPct(situation)),
      upToPct: longestDelayPct(situation),
      risk: openToOthers(cpus),
      isSlow: false,
    });
  },
};

function why(cpus: CpuSet, quiet: number, loud: number, load: ReadonlyMap<number, CpuLoad>) {
  const rate = perSec(cpus.ids().map((cpu) => load.get(cpu)?.interruptsPerSec ?? 0));
  return {
    en: `others take ${pct(quiet)} of them, up to ${pct(loud)} of the rest; ${rate} device interrupts/s there`,
    ko: `그곳의 다른 부하는 ${pct(quiet)}, 나머지 코어는 최대 ${pct(loud)}입니다. 장치 인터럽트는 초당 ${rate}번입니다`,
  };
}

function perSec(rates: readonly Maybe<number>[]): string {
  const sum = rates.reduce<number | null>(
    (total, rate) => (total === null || isMissing(rate) ? null : total + rate),
    0,
  );
  return sum === null ? '—' : sum.toFixed(0);
}
