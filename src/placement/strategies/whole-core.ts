/** Each busy thread gets a physical core alone, SMT siblings included; the rest of the process keeps off. */
import type { CpuSet } from '../../base/cpu-set.ts';
import { quietestFirst, type UsableCore, unionOf, usableCores } from '../cpu-choice.ts';
import { BUSY_PCT, busyThreads, known, longestDelayPct, wantedPct } from '../demand.ts';
import { moveTarget, openToOthers, waitingGain } from '../moves.ts';
import { pct, threadName } from '../phrases.ts';
import type { Situation, TargetThread } from '../situation.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

/** More threads than this are a pool: who of them is busy changes, and single places go stale. */
const MOST_THREADS = 8;

export const wholeCore: Strategy = {
  id: 'whole-core',
  does: {
    en: 'gives each busy thread a physical core alone',
    ko: '바쁜 스레드마다 물리 코어 하나를 줍니다',
  },
  goals: ['throughput', 'isolation'],
  splitsCores: false,
  propose(situation) {
    const busy = busyThreads(situation);
    const cores = usableCores(situation);
    const most = Math.max(0, ...situation.target.threads.map(wantedPct));
    if (busy.length === 0)
      return notHere(
        `its busiest thread wants ${pct(most)} of a CPU; from ${BUSY_PCT} % on a core is worth keeping for it`,
        `가장 바쁜 스레드도 CPU의 ${pct(most)}만 필요합니다. 코어를 따로 줄 기준은 ${BUSY_PCT} %입니다`,
      );
    // One core is left for the other threads, and for everybody else.
    const room = Math.min(MOST_THREADS, cores.length - 1);
    if (busy.length > room)
      return notHere(
        `${busy.length} busy threads and ${cores.length} cores it may use: at most ${Math.max(0, room)} could have one each`,
        `바쁜 스레드는 ${busy.length}개인데 쓸 수 있는 코어는 ${cores.length}개라, 하나씩 줄 수 있는 것은 ${Math.max(0, room)}개뿐입니다`,
      );
    return propose(proposal(situation, busy, quietestFirst(cores).slice(0, busy.length)));
  },
};

function proposal(situation: Situation, busy: readonly TargetThread[], cores: readonly UsableCore[]) {
  const taken = unionOf(cores);
  const rest = situation.usable.minus(taken);
  const others = situation.target.threads.length - busy.length;
  const pairs = busy.map((thread, i) => ({ thread, core: cores[i] as UsableCore }));
  const list = pairs.map(({ thread, core }) => `${threadName(thread)}: ${core.name}`).join(', ');
  return {
    strategy: wholeCore.id,
    name: `core alone:${taken}`,
    summary: {
      en: `one core for each busy thread (${list})${others > 0 ? `, the others to ${rest}` : ''}`,
      ko: `바쁜 스레드마다 코어 하나 (${list})${others > 0 ? `, 나머지는 ${rest}` : ''}`,
    },
    moves: [
      ...pairs.map(({ thread, core }) => moveTarget(situation, [thread], { cpus: core.cpus })),
      ...(others > 0 ? [moveTarget(situation, 'all', { cpus: rest })] : []),
    ],
    groups: [],
    why: why(situation, busy, taken),
    expectedGain: waitingGain(longestDelayPct(situation)),
    upToPct: longestDelayPct(situation),
    risk: openToOthers(taken),
    isSlow: false,
  };
}

function why(situation: Situation, busy: readonly TargetThread[], taken: CpuSet) {
  const wants = busy.map((thread) => pct(wantedPct(thread))).join(', ');
  const moves = busy.reduce((sum, thread) => sum + known(thread.migrationsPerSec), 0).toFixed(1);
  const smt = situation.topology.groups.core.some(({ cpus }) => cpus.size > 1 && cpus.overlaps(taken));
  return {
    en: `${busy.length === 1 ? 'its busy thread wants' : `its ${busy.length} busy threads want`} ${wants} of a CPU, moved ${moves} times/s${smt ? ', and an SMT sibling in use would slow it' : ''}`,
    ko: `바쁜 스레드 ${busy.length}개가 CPU의 ${wants}을(를) 필요로 하고 초당 ${moves}번 이동했습니다${smt ? '. SMT 형제를 함께 쓰면 느려집니다' : ''}`,
  };
}
