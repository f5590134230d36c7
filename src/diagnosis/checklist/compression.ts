/** zram and zswap keep swapped pages in memory, compressed. */

import { isMissing } from '../../base/missing.ts';
import { type ChecklistItem, notKnown, UNREAD } from '../checklist-item.ts';
import { swapKindOf } from '../swap-areas.ts';

export const compression: ChecklistItem = {
  id: 'compression',
  question: {
    en: 'is memory compressed before it is written out?',
    ko: '내보내기 전에 메모리를 압축합니까?',
  },
  check({ swaps, zswap }) {
    if (isMissing(swaps)) return notKnown(UNREAD);
    if (swaps.some((area) => swapKindOf(area) === 'zram')) {
      return { status: 'pass', found: { en: 'swap on zram', ko: 'zram 스왑' }, evidence: [], advice: null };
    }
    if (zswap === true && swaps.length > 0) {
      return { status: 'pass', found: { en: 'zswap is on', ko: 'zswap 켜짐' }, evidence: [], advice: null };
    }
    return {
      status: 'fail',
      found:
        swaps.length === 0
          ? { en: 'no swap at all', ko: '스왑 없음' }
          : { en: 'neither zram nor zswap', ko: 'zram도 zswap도 없음' },
      evidence: [],
      advice: {
        en: 'zram as swap, or zswap.enabled=1 before swap on a disk: a page comes back in 1 µs instead of 1 ms',
        ko: 'zram을 스왑으로 쓰거나 디스크 스왑 앞에 zswap.enabled=1. 페이지가 1 ms 대신 1 µs에 돌아옵니다',
      },
    };
  },
};
