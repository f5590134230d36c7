/** Swap that is used once is fine; pages that come back are waited for. */
import { perSec } from '../../model/difference.ts';
import { type ChecklistItem, notKnown, UNREAD } from '../checklist-item.ts';
import { evidence } from '../finding.ts';
import { vmstatSum } from '../look.ts';

const VMSTAT_SOURCE = '/proc/vmstat';
/** The bar of the rule swaps. */
const BUSY_PER_SEC = 10;

export const swapTraffic: ChecklistItem = {
  id: 'swap-traffic',
  question: { en: 'does swap stay quiet?', ko: '스왑이 조용합니까?' },
  check({ window }) {
    const pages = vmstatSum(window, /^pswpin$/);
    if (pages === null) return notKnown(UNREAD);
    const rate = perSec(pages, window.interval.elapsedNs);
    const all = [evidence({ en: 'pages in', ko: '들어온 페이지' }, rate, 'PerSec', VMSTAT_SOURCE)];
    if (rate < BUSY_PER_SEC)
      return { status: 'pass', found: { en: 'it does', ko: '조용함' }, evidence: all, advice: null };
    return {
      status: 'fail',
      found: { en: 'pages come back', ko: '페이지가 되돌아옴' },
      evidence: all,
      advice: { en: 'who waits for them: keel faults top', ko: '누가 기다리는지: keel faults top' },
    };
  },
};
