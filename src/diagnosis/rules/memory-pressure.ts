/** Tasks that wait for memory: reclaim on the spot, compaction, or pages that were just thrown out. */
import { type Evidence, NOTABLE_RATIO, type Window } from '../finding.ts';
import { vmstatEvidence } from '../look.ts';
import { pressureRule } from '../pressure.ts';

export const memoryPressure = pressureRule({
  id: 'memory-pressure',
  mark: 'F',
  looksFor: { en: 'tasks that wait for memory', ko: '메모리를 기다리는 태스크' },
  resource: 'memory',
  limitPct: NOTABLE_RATIO * 100,
  name: { en: 'memory pressure', ko: '메모리 압박' },
  verdict: () => ({ en: 'LATE BECAUSE MEMORY IS SHORT', ko: '늦은 이유: 메모리가 모자람' }),
  summary: { en: 'tasks waited for memory to be freed', ko: '태스크가 메모리 회수를 기다림' },
  evidence: (window: Window): Evidence[] => [
    ...vmstatEvidence(window, /^allocstall(_|$)/, { en: 'direct reclaim', ko: '직접 회수' }, 'times'),
    ...vmstatEvidence(window, /^compact_stall$/, { en: 'compaction', ko: '압축 정리' }, 'times'),
  ],
  remedy: () => ({
    text: {
      en: 'find who grows, give it a limit (MemoryHigh= of its unit) or the machine more memory',
      ko: '메모리가 늘어나는 프로세스를 찾아 한도(유닛의 MemoryHigh=)를 두거나 메모리를 늘리세요',
    },
    command: null,
    undo: null,
  }),
});
