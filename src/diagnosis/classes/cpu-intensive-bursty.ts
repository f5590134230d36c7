/** Wants all of a CPU at times, and little at others. */
import { type Classifier, judged } from '../classifier.ts';
import { cpuMeasures } from '../cpu-demand.ts';

/** A tenth of the time at least: what the highest tenth of the intervals shows. */
const LEAST_MEAN_PCT = 20;

export const cpuIntensiveBursty: Classifier = {
  id: 'cpu_intensive_bursty',
  name: { en: 'CPU-BOUND, IN BURSTS', ko: 'CPU를 몰아서 사용' },
  judge(work) {
    const { meanPct, deviationPct, peakPct, measures, limits } = cpuMeasures(work);
    const fits =
      peakPct >= limits.alwaysPct && deviationPct >= limits.unsteadyPct && meanPct >= LEAST_MEAN_PCT;
    return judged(fits, [measures.peak, measures.deviation, { ...measures.mean, limit: LEAST_MEAN_PCT }]);
  },
};
