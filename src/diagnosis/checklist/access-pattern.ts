/** Which faults a program makes, and on how many pages: measured of the target in the window. */
import { isMissing } from '../../base/missing.ts';
import { type ChecklistItem, notKnown, UNREAD } from '../checklist-item.ts';
import { heaviestCauses, STALL_SOURCE } from '../fault-stalls.ts';
import { evidence } from '../finding.ts';

export const accessPattern: ChecklistItem = {
  id: 'access-pattern',
  question: { en: 'is it known how it uses its memory?', ko: '메모리를 어떻게 쓰는지 알고 있습니까?' },
  check({ window: { stalls } }) {
    if (stalls === null) return notKnown({ en: 'asked of a target only', ko: '대상을 지정해야 알 수 있음' });
    if (isMissing(stalls)) return notKnown(UNREAD);
    const { refaultRatio } = stalls.summary;
    return {
      status: 'pass',
      found: { en: 'measured just now', ko: '방금 측정함' },
      evidence: [
        ...(refaultRatio === null
          ? []
          : [evidence({ en: 'faults per page', ko: '페이지당 폴트' }, refaultRatio, 'faults', STALL_SOURCE)]),
        ...heaviestCauses(stalls),
      ],
      advice: null,
    };
  },
};
