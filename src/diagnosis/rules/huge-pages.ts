/** Huge pages: few faults, each of which clears two megabytes and may have to find them first. */
import type { FaultCause } from '../../model/faults/cause.ts';
import { longestOf, stallRule } from '../fault-stalls.ts';

const CAUSES: readonly FaultCause[] = ['huge-page'];

export const hugePages = stallRule({
  id: 'huge-pages',
  looksFor: { en: 'stalls while huge pages are made', ko: '거대 페이지를 만드는 동안의 멈춤' },
  causes: CAUSES,
  name: { en: 'making huge pages', ko: '거대 페이지 만들기' },
  verdict: { en: 'LATE BECAUSE OF HUGE PAGES', ko: '늦은 이유: 거대 페이지' },
  does: {
    en: 'was held while the kernel cleared huge pages for it',
    ko: '커널이 거대 페이지를 비우는 동안 멈춤',
  },
  evidence: (stalls) => longestOf(stalls, CAUSES),
  remedy: (tgid) => ({
    text: {
      en: 'take memory before it is needed, or madvise(MADV_NOHUGEPAGE) where latency counts',
      ko: '메모리를 미리 확보하거나, 지연이 중요한 영역은 madvise(MADV_NOHUGEPAGE) 사용',
    },
    command: `keel faults trace ${tgid} --over 100us`,
    action: { kind: 'setting', setting: 'hugePages', at: '', value: 'never' },
  }),
  rank: 1,
});
