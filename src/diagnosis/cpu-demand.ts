/** How much of a CPU the busiest thread wants, and how that changes from interval to interval. */
import type { ProcessWork } from './classifier.ts';
import { busiest, wantedPct } from './demand.ts';
import type { Measure } from './finding.ts';

const SOURCE = '/proc/PID/task/TID/schedstat';

/**
 * 80 % of a CPU, and a variance of 100 (a deviation of 10 points): the limits that affinity guides give for
 * CPU-intensive work. Of what a thread wants, not of what it gets: a hog beside it does not change its kind.
 */
const LIMITS = { alwaysPct: 80, unsteadyPct: 10 } as const;

export function cpuMeasures({ threads }: ProcessWork) {
  const thread = busiest(threads);
  const meanPct = thread === null ? 0 : wantedPct(thread);
  const deviationPct = thread?.wanted?.deviation ?? 0;
  const peakPct = thread?.wanted?.p90 ?? 0;
  const measure = (text: Measure['text'], value: number, limit: number): Measure => ({
    text,
    value,
    unit: 'Pct',
    source: SOURCE,
    limit,
  });
  const { alwaysPct, unsteadyPct } = LIMITS;
  return {
    limits: LIMITS,
    meanPct,
    deviationPct,
    peakPct,
    measures: {
      mean: measure(
        {
          en: 'the busiest thread ran or waited for a CPU',
          ko: '가장 바쁜 스레드가 실행되거나 CPU를 기다린 비율',
        },
        meanPct,
        alwaysPct,
      ),
      deviation: measure(
        { en: 'its standard deviation between intervals, in points', ko: '구간 사이의 표준 편차(포인트)' },
        deviationPct,
        unsteadyPct,
      ),
      peak: measure(
        { en: 'in the busiest tenth of the intervals it wanted', ko: '가장 바쁜 10 % 구간에서 원한 CPU' },
        peakPct,
        alwaysPct,
      ),
    },
  };
}
