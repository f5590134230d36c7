/** Without swap, memory that nobody uses stays, and the page cache and then a process pay for it. */
import { isMissing } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import { type ChecklistItem, notKnown, UNREAD } from '../checklist-item.ts';
import { evidence } from '../finding.ts';

const SWAPS_SOURCE = '/proc/swaps';
const MEMORY_SOURCE = '/proc/meminfo';
/** What is left then is gone in one burst. */
const FULL_RATIO = 0.8;
const NONE: Sentence = { en: 'there is none', ko: '없음' };
const FULL: Sentence = { en: 'it is nearly full', ko: '거의 가득 참' };
const ADD: Sentence = {
  en: 'add some, best as zram: zramctl --find --size 2G, mkswap, swapon --priority 100',
  ko: '추가하세요. zram이 가장 좋습니다: zramctl --find --size 2G, mkswap, swapon --priority 100',
};

export const swapSize: ChecklistItem = {
  id: 'swap-size',
  question: { en: 'is there swap, and room in it?', ko: '스왑이 있고 여유가 있습니까?' },
  check({ swaps, memTotalBytes }) {
    if (isMissing(swaps)) return notKnown(UNREAD);
    const sizeBytes = swaps.reduce((sum, area) => sum + area.sizeBytes, 0);
    const usedBytes = swaps.reduce((sum, area) => sum + area.usedBytes, 0);
    const all = [
      evidence({ en: 'swap', ko: '스왑' }, sizeBytes, 'Bytes', SWAPS_SOURCE),
      evidence({ en: 'in use', ko: '사용 중' }, usedBytes, 'Bytes', SWAPS_SOURCE),
      ...(isMissing(memTotalBytes)
        ? []
        : [evidence({ en: 'memory', ko: '메모리' }, memTotalBytes, 'Bytes', MEMORY_SOURCE)]),
    ];
    if (sizeBytes === 0) return { status: 'fail', found: NONE, evidence: all, advice: ADD };
    if (usedBytes / sizeBytes >= FULL_RATIO)
      return { status: 'fail', found: FULL, evidence: all, advice: ADD };
    return { status: 'pass', found: { en: 'there is room', ko: '여유 있음' }, evidence: all, advice: null };
  },
};
