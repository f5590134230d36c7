/** Memory that is given back and touched again: the same pages fault over and over, mostly an allocator's doing. */
import { isMissing } from '../../base/missing.ts';
import type { FaultCause } from '../../model/faults/cause.ts';
import { STALL_SOURCE, stallRule } from '../fault-stalls.ts';
import { evidence, type Rule } from '../finding.ts';

const CAUSES: readonly FaultCause[] = ['first-touch', 'first-touch-or-copy', 'zero-page'];
/** Faults per distinct page. A program that only grows has 1; one restart of a buffer makes 2. */
const LEAST_RATIO = 4;

const churn = stallRule({
  id: 'refaults',
  looksFor: { en: 'memory that is given back and taken again', ko: '반납했다가 다시 받는 메모리' },
  causes: CAUSES,
  name: { en: 'taking the same memory again', ko: '같은 메모리를 다시 받기' },
  verdict: {
    en: 'LATE BECAUSE MEMORY WAS GIVEN BACK AND TAKEN AGAIN',
    ko: '늦은 이유: 반납했다가 다시 받은 메모리',
  },
  does: {
    en: 'touched the same pages as new ones again and again',
    ko: '같은 페이지를 새 페이지로 거듭 건드림',
  },
  evidence: ({ summary }) => [
    evidence(
      { en: 'faults per page', ko: '페이지당 폴트' },
      summary.refaultRatio ?? 0,
      'faults',
      STALL_SOURCE,
    ),
  ],
  remedy: () => ({
    text: {
      en: 'have the allocator keep it: GLIBC_TUNABLES=glibc.malloc.trim_threshold=268435456:glibc.malloc.mmap_threshold=268435456',
      ko: '할당자가 반납하지 않게 설정: GLIBC_TUNABLES=glibc.malloc.trim_threshold=268435456:glibc.malloc.mmap_threshold=268435456',
    },
    command: null,
  }),
  rank: 1,
});

/** Without the ratio, much stall is just much new memory. */
export const refaults: Rule = {
  ...churn,
  check(window) {
    const result = churn.check(window);
    const { stalls } = window;
    if (stalls === null || isMissing(stalls)) return result;
    return (stalls.summary.refaultRatio ?? 0) >= LEAST_RATIO ? result : { ...result, findings: [] };
  },
};
