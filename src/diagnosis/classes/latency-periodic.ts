/** One thread wakes at a steady rate and does a part of the work each time: it must be on time, not fast on average. */
import type { Sentence } from '../../base/sentence.ts';
import type { ThreadWork } from '../../model/thread-work.ts';
import { type Classifier, type Judgement, judged, type ProcessWork } from '../classifier.ts';
import { known } from '../look.ts';
import { isTick, LEAST_WAKE_UPS, mayTick, SOME_WAKE_UPS } from '../thread-kinds.ts';

const SOURCE = '/proc/PID/task/TID/sched nr_voluntary_switches';
/** A thread that ticks but does less than a fifth of the work keeps house (garbage collection, statistics). */
const WORK_RATIO = 0.2;

export const latencyPeriodic: Classifier = {
  id: 'latency_periodic',
  name: { en: 'PERIODIC, LATENCY-BOUND', ko: '주기적, 지연에 민감' },
  judge(work) {
    const all = work.threads.reduce((sum, thread) => sum + known(thread.runPct), 0);
    const share = (thread: ThreadWork) => (all === 0 ? 0 : known(thread.runPct) / all);
    const steady = work.threads.filter(isTick).sort((a, b) => share(b) - share(a));
    const [tick] = steady;
    if (tick === undefined) return noTick(work, share);
    return judged(
      share(tick) >= WORK_RATIO,
      [
        {
          text: {
            en: `share of the work that ${tick.comm} ${tick.tid} does`,
            ko: `${tick.comm} ${tick.tid}이(가) 하는 일의 비율`,
          },
          value: share(tick) * 100,
          unit: 'Pct',
          source: '/proc/PID/task/TID/schedstat',
          limit: WORK_RATIO * 100,
        },
        {
          text: { en: 'wake-ups counted', ko: '센 깨어남' },
          value: tick.wakeUps?.events ?? 0,
          unit: 'wakeUps',
          source: SOURCE,
          limit: LEAST_WAKE_UPS,
        },
      ],
      said(tick),
    );
  },
};

function said({ wakeUps, comm, tid }: ThreadWork): Sentence {
  const hz = wakeUps?.perSec.toFixed(1) ?? '';
  const off = wakeUps?.errorEvents.toFixed(1) ?? '';
  return {
    en: `${comm} ${tid} wakes at a steady ${hz} Hz (or a multiple of its tick), off by ${off} wake-ups at most times`,
    ko: `${comm} ${tid}이(가) ${hz} Hz(또는 틱의 배수)로 일정하게 깨어나고, 오차는 대체로 ${off}번입니다`,
  };
}

/** None so far; but a thread that could be one may only have been seen too shortly. */
function noTick(work: ProcessWork, share: (thread: ThreadWork) => number): Judgement {
  const [maybe] = work.threads.filter((thread) => mayTick(thread) && share(thread) >= WORK_RATIO);
  const rates = work.threads.flatMap(({ wakeUps }) =>
    wakeUps === null || wakeUps.events < LEAST_WAKE_UPS ? [] : [wakeUps],
  );
  const least = Math.min(...rates.map((rate) => rate.randomnessRatio));
  const judgement = judged(
    false,
    rates.length === 0
      ? []
      : [
          {
            text: {
              en: 'evenness of wake-ups: distance from a clock, random is 100',
              ko: '깨어남의 고른 정도: 시계와의 차이 (무작위는 100)',
            },
            value: least * 100,
            unit: 'Pct',
            source: SOURCE,
            limit: 20,
          },
        ],
  );
  if (maybe === undefined || maybe.wakeUps === null || maybe.wakeUps.events < SOME_WAKE_UPS) return judgement;
  const seconds = (work.elapsedNs / 1e9).toFixed(0);
  return {
    ...judgement,
    detail: {
      en: `${maybe.comm} ${maybe.tid} woke ${maybe.wakeUps.events} times in ${seconds} s; ${LEAST_WAKE_UPS} wake-ups are needed to call it periodic`,
      ko: `${maybe.comm} ${maybe.tid}이(가) ${seconds}초 동안 ${maybe.wakeUps.events}번 깨어났습니다. 주기적이라고 하려면 ${LEAST_WAKE_UPS}번이 필요합니다`,
    },
    neededNs: Math.ceil((LEAST_WAKE_UPS * 1.2) / maybe.wakeUps.perSec) * 1e9,
  };
}
