/** Wants a CPU all the time. */
import { type Classifier, judged } from '../classifier.ts';
import { cpuMeasures } from '../cpu-demand.ts';

export const cpuIntensiveSteady: Classifier = {
  id: 'cpu_intensive_steady',
  name: { en: 'CPU-BOUND, STEADY', ko: 'CPU를 꾸준히 사용' },
  judge(work) {
    const { meanPct, deviationPct, measures, limits } = cpuMeasures(work);
    const fits = meanPct >= limits.alwaysPct && deviationPct < limits.unsteadyPct;
    return judged(fits, [measures.mean, measures.deviation]);
  },
};
