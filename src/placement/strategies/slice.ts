/** A shorter time slice: a thread that runs briefly is chosen sooner after it wakes (EEVDF, Linux 6.12). */
import { isMissing } from '../../base/missing.ts';
import { known, wantedPct } from '../demand.ts';
import { moveTarget, waitingGain } from '../moves.ts';
import { pct, threadName } from '../phrases.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

const NOTABLE_PCT = 1;
/** The least the kernel takes. */
const SHORT_NS = 100_000;

export const slice: Strategy = {
  id: 'slice',
  does: {
    en: 'shortens the time slice of the thread that waits, so that it is chosen sooner',
    ko: '기다리는 스레드의 타임 슬라이스를 줄여 더 빨리 선택되게 합니다',
  },
  goals: ['latency'],
  splitsCores: false,
  propose(situation) {
    const [thread] = situation.target.threads
      .filter(({ policy }) => policy === 'other' || policy === 'batch')
      .sort((a, b) => known(b.runDelayPct) - known(a.runDelayPct));
    const delay = thread === undefined ? 0 : known(thread.runDelayPct);
    if (thread === undefined || delay < NOTABLE_PCT)
      return notHere(
        `its threads waited for a CPU at most ${pct(delay)} of the time`,
        `스레드가 CPU를 기다린 시간이 많아야 ${pct(delay)}입니다`,
      );
    if (isMissing(thread.sliceNs))
      return notHere(
        `this kernel has no time slice per thread (Linux 6.12), or does not show it (${thread.sliceNs.path})`,
        `이 커널에는 스레드별 타임 슬라이스(Linux 6.12)가 없거나 보이지 않습니다 (${thread.sliceNs.path})`,
      );
    if (wantedPct(thread) >= 95 || thread.sliceNs <= SHORT_NS)
      return notHere(
        thread.sliceNs <= SHORT_NS
          ? `${threadName(thread)} has the shortest slice already`
          : `${threadName(thread)} wants a CPU ${pct(wantedPct(thread))} of the time; a slice helps threads that sleep in between`,
        thread.sliceNs <= SHORT_NS
          ? `${threadName(thread)}의 슬라이스가 이미 가장 짧습니다`
          : `${threadName(thread)}은(는) 시간의 ${pct(wantedPct(thread))} 동안 CPU가 필요합니다. 슬라이스는 중간에 잠드는 스레드에 도움이 됩니다`,
      );
    return propose({
      strategy: slice.id,
      name: 'slice:100us',
      summary: {
        en: `give thread ${threadName(thread)} a slice of 0.1 ms`,
        ko: `스레드 ${threadName(thread)}의 슬라이스를 0.1 ms로 합니다`,
      },
      moves: [
        moveTarget(situation, [thread], { scheduling: { policy: null, nice: null, sliceNs: SHORT_NS } }),
      ],
      groups: [],
      why: {
        en: `it waited ${pct(delay)} of the time with a slice of ${(thread.sliceNs / 1e6).toFixed(1)} ms`,
        ko: `슬라이스가 ${(thread.sliceNs / 1e6).toFixed(1)} ms일 때 시간의 ${pct(delay)}을(를) 기다렸습니다`,
      },
      expectedGain: waitingGain(delay),
      upToPct: delay,
      risk: {
        en: 'it is interrupted sooner as well: work longer than the slice often gets slower',
        ko: '중단되는 것도 빨라져, 슬라이스보다 긴 작업은 느려질 때가 많습니다',
      },
      isSlow: false,
    });
  },
};
