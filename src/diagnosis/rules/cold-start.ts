/** A process that has just started touches its code and its memory for the first time; that passes. */
import { type FaultCause, NEW_MEMORY_CAUSES } from '../../model/faults/cause.ts';
import { isYoung, restrict, stallRule, wasGivenBack } from '../fault-stalls.ts';

const CAUSES: readonly FaultCause[] = [
  ...NEW_MEMORY_CAUSES,
  'page-cache-map',
  'instruction-fetch',
  'stack-growth',
];

export const coldStart = restrict(
  stallRule({
    id: 'cold-start',
    looksFor: { en: 'processes that are still starting', ko: '아직 시작 중인 프로세스' },
    causes: CAUSES,
    name: { en: 'touching all for the first time', ko: '처음으로 메모리를 건드림' },
    verdict: { en: 'LATE BECAUSE IT IS STILL STARTING', ko: '늦은 이유: 아직 시작 중임' },
    does: {
      en: 'started a moment ago, and touched its code and memory for the first time',
      ko: '방금 시작해 코드와 메모리를 처음으로 건드림',
    },
    evidence: () => [],
    remedy: () => ({
      text: {
        en: 'wait until it has settled and ask again; or have it touch its memory before it serves',
        ko: '안정된 뒤에 다시 확인하거나, 서비스를 시작하기 전에 메모리를 미리 건드리게 하세요',
      },
      command: null,
    }),
    rank: 1,
  }),
  (stalls, window) => isYoung(window) && !wasGivenBack(stalls, window),
);
