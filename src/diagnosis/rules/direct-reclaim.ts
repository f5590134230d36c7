/** Threads that have to free pages themselves before they get any: the machine is out of free memory. */
import { vmstatEvidence } from '../look.ts';
import { workRule } from '../memory-work.ts';

export const directReclaim = workRule({
  id: 'direct-reclaim',
  looksFor: {
    en: 'threads that free memory before they get any',
    ko: '메모리를 받기 전에 직접 회수하는 스레드',
  },
  kind: 'reclaim',
  name: { en: 'reclaiming memory itself', ko: '직접 메모리 회수' },
  verdict: {
    en: 'LATE BECAUSE IT HAD TO FREE MEMORY ITSELF',
    ko: '늦은 이유: 메모리를 직접 회수함',
  },
  does: {
    en: 'asked for memory, found none free, and had to reclaim pages itself',
    ko: '비어 있는 메모리가 없어 페이지를 직접 회수함',
  },
  evidence: (window) => [
    ...vmstatEvidence(window, /^allocstall(_|$)/, { en: 'on the whole machine', ko: '컴퓨터 전체' }, 'times'),
    ...vmstatEvidence(
      window,
      /^pgscan_direct$/,
      { en: 'pages looked through', ko: '살펴본 페이지' },
      'pages',
    ),
  ],
  remedies: () => [
    {
      text: {
        en: 'free memory earlier: raise vm.watermark_scale_factor to 200, and find who grows',
        ko: '더 일찍 회수하도록 vm.watermark_scale_factor를 200으로 올리고, 늘어나는 프로세스를 찾으세요',
      },
      command: null,
      undo: null,
    },
  ],
});
