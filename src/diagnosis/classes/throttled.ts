/** Stopped by its CPU quota: whatever else it does, it does it in what the quota leaves. */
import { isMissing } from '../../base/missing.ts';
import { type Classifier, cannotJudge, judged } from '../classifier.ts';
import { NOTABLE_RATIO } from '../finding.ts';
import { gapOf } from '../look.ts';

const SOURCE = 'cpu.stat';

export const throttled: Classifier = {
  id: 'throttled',
  name: { en: 'THROTTLED', ko: '할당량에 막힘' },
  judge({ throttling }) {
    if (isMissing(throttling)) return cannotJudge(gapOf('throttling', throttling));
    const stopped = throttling === null ? 0 : throttling.stoppedPct;
    if (isMissing(stopped)) return cannotJudge(gapOf('throttling', stopped));
    // One period of a hundred, from which on `keel why` speaks of it too.
    const limit = NOTABLE_RATIO * 100;
    const text =
      throttling === null
        ? { en: 'CPU quota: none; periods stopped', ko: 'CPU 할당량 없음, 멈춘 주기' }
        : {
            en: `periods stopped by the quota of ${Math.round(throttling.cpus * 100) / 100} CPUs`,
            ko: `CPU ${Math.round(throttling.cpus * 100) / 100}개의 할당량으로 멈춘 주기`,
          };
    return judged(stopped >= limit, [{ text, value: stopped, unit: 'Pct', source: SOURCE, limit }]);
  },
};
