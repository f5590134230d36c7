/** Held by page faults: waiting for pages rather than for CPUs. Measured by their time, not by their number. */
import { isMissing } from '../../base/missing.ts';
import { type Classifier, cannotJudge, judged } from '../classifier.ts';
import { gapOf } from '../look.ts';

/** One part in twenty: where the rules of `keel why` begin to warn. */
const LIMIT_PCT = 5;

export const memoryStalled: Classifier = {
  id: 'memory_stalled',
  name: { en: 'STALLED BY MEMORY', ko: '메모리 때문에 멈춤' },
  judge({ faultStallPct }) {
    if (isMissing(faultStallPct)) return cannotJudge(gapOf('faultStallPct', faultStallPct));
    return judged(faultStallPct >= LIMIT_PCT, [
      {
        text: { en: 'held by page faults', ko: '페이지 폴트로 멈춘 시간' },
        value: faultStallPct,
        unit: 'Pct',
        source: 'perf page-faults, entry to completion',
        limit: LIMIT_PCT,
      },
    ]);
  },
};
