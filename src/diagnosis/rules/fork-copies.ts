/** Copy on write: after a fork, the first write to each shared page copies it, in parent and child. */
import type { FaultCause } from '../../model/faults/cause.ts';
import { longestOf, stallRule } from '../fault-stalls.ts';

const CAUSES: readonly FaultCause[] = ['copy-on-write'];

export const forkCopies = stallRule({
  id: 'fork-copies',
  looksFor: { en: 'copying pages that a fork shares', ko: 'fork로 공유된 페이지 복사' },
  causes: CAUSES,
  name: { en: 'copying on write', ko: '쓰기 시 복사' },
  verdict: { en: 'LATE BECAUSE PAGES WERE COPIED AFTER A FORK', ko: '늦은 이유: fork 뒤의 페이지 복사' },
  does: {
    en: 'copied pages on the first write after a fork, or of private file mappings',
    ko: 'fork 뒤의 첫 쓰기나 사적 파일 매핑에서 페이지를 복사함',
  },
  evidence: (stalls) => longestOf(stalls, CAUSES),
  remedy: (tgid) => ({
    text: {
      en: 'fork before memory is filled, or use posix_spawn, vfork or a helper process',
      ko: '메모리를 채우기 전에 fork하거나 posix_spawn, vfork, 별도 프로세스 사용',
    },
    command: `keel faults record ${tgid}`,
  }),
  rank: 1,
});
