/**
 * Misses the last-level cache often. Only hardware counters tell; context switches and moves do not, and marking pages
 * to see which are used (clear_refs) would hurt the process. Where there are no counters it is not known.
 */
import { isMissing } from '../../base/missing.ts';
import { type Classifier, cannotJudge, judged } from '../classifier.ts';
import { gapOf } from '../look.ts';

/** Misses per thousand instructions from which programs are usually called memory-intensive. A convention. */
const LIMIT_PER_THOUSAND = 10;
/** With fewer instructions, starting up is most of it. */
const LEAST_INSTRUCTIONS = 1e7;

export const cacheSensitive: Classifier = {
  id: 'cache_sensitive',
  name: { en: 'CACHE-SENSITIVE', ko: '캐시에 민감' },
  judge({ cacheMisses }) {
    if (isMissing(cacheMisses)) return cannotJudge(gapOf('cacheMisses', cacheMisses));
    const { misses, instructions } = cacheMisses;
    const rate = instructions === 0 ? 0 : (misses / instructions) * 1000;
    return judged(rate >= LIMIT_PER_THOUSAND && instructions >= LEAST_INSTRUCTIONS, [
      {
        text: { en: 'cache misses in 1,000 instructions', ko: '명령어 1,000개당 캐시 미스' },
        value: rate,
        unit: 'misses',
        source: 'perf cache-misses, instructions',
        limit: LIMIT_PER_THOUSAND,
      },
    ]);
  },
};
