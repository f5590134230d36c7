/** Works, and is none of the others. */
import { type Classifier, judged } from '../classifier.ts';
import { known } from '../look.ts';

/** With less than a hundredth of a CPU there is no work to classify. */
const LIMIT_PCT = 1;

export const balanced: Classifier = {
  id: 'balanced',
  name: { en: 'BALANCED', ko: '균형 잡힘' },
  judge({ threads }) {
    const ran = threads.reduce((sum, thread) => sum + known(thread.runPct), 0);
    return judged(ran >= LIMIT_PCT, [
      {
        text: { en: 'all its threads ran, of one CPU', ko: '모든 스레드의 실행 시간 (CPU 하나 기준)' },
        value: ran,
        unit: 'Pct',
        source: '/proc/PID/task/TID/schedstat',
        limit: LIMIT_PCT,
      },
    ]);
  },
};
