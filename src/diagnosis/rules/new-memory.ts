/** A process that has long started and still takes memory that it never had: it grows, or works through large data. */
import { type FaultCause, NEW_MEMORY_CAUSES } from '../../model/faults/cause.ts';
import { isYoung, longestOf, restrict, stallRule, wasGivenBack } from '../fault-stalls.ts';

const CAUSES: readonly FaultCause[] = [...NEW_MEMORY_CAUSES, 'stack-growth'];

export const newMemory = restrict(
  stallRule({
    id: 'new-memory',
    looksFor: { en: 'memory that is touched for the first time', ko: '처음 건드리는 메모리' },
    causes: CAUSES,
    name: { en: 'touching new memory', ko: '새 메모리 건드리기' },
    verdict: { en: 'LATE BECAUSE IT TAKES NEW MEMORY', ko: '늦은 이유: 새 메모리를 받음' },
    does: {
      en: 'took memory that it did not have before, page by page',
      ko: '전에 없던 메모리를 페이지 단위로 받음',
    },
    evidence: (stalls) => longestOf(stalls, CAUSES),
    remedy: (tgid) => ({
      text: {
        en: 'touch it before it is needed (MAP_POPULATE, MADV_POPULATE_WRITE), or use huge pages; which code:',
        ko: '필요하기 전에 미리 건드리거나(MAP_POPULATE, MADV_POPULATE_WRITE) 거대 페이지를 쓰세요. 어느 코드인지:',
      },
      command: `keel faults record ${tgid}`,
    }),
    rank: 1,
  }),
  (stalls, window) => !isYoung(window) && !wasGivenBack(stalls, window),
);
