/** Threads that have to move pages together before they get a large one. */
import { vmstatEvidence } from '../look.ts';
import { workRule } from '../memory-work.ts';

export const compaction = workRule({
  id: 'compaction',
  looksFor: {
    en: 'threads that compact memory before they get any',
    ko: '메모리를 직접 압축 정리하는 스레드',
  },
  kind: 'compaction',
  name: { en: 'compacting memory itself', ko: '직접 압축 정리' },
  verdict: {
    en: 'LATE BECAUSE IT HAD TO COMPACT MEMORY',
    ko: '늦은 이유: 메모리를 직접 압축 정리함',
  },
  does: {
    en: 'asked for large pages, and had to move others out of their way itself',
    ko: '큰 페이지를 받으려고 다른 페이지를 직접 옮김',
  },
  evidence: (window) => [
    ...vmstatEvidence(window, /^compact_stall$/, { en: 'on the whole machine', ko: '컴퓨터 전체' }, 'times'),
    ...vmstatEvidence(window, /^compact_fail$/, { en: 'in vain', ko: '실패' }, 'times'),
  ],
  remedies: () => [
    {
      text: {
        en: 'let faults take small pages at once and have khugepaged make large ones later',
        ko: '폴트에서는 작은 페이지를 바로 쓰고 큰 페이지는 나중에 khugepaged가 만들게 하세요',
      },
      command: 'echo defer > /sys/kernel/mm/transparent_hugepage/defrag',
      undo: null,
      action: { kind: 'setting', setting: 'hugePageDefrag', at: '', value: 'defer' },
    },
  ],
});
