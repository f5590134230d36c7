/** The second question: work on memory that is no page fault, or the largest part of one. */
import { isMissing } from '../../base/missing.ts';
import { WORK_KINDS } from '../../model/waits/memory-work.ts';
import { evidence, NOTABLE_RATIO } from '../finding.ts';
import { pctOfWindow, subjectsOf } from '../look.ts';
import { compaction } from '../rules/compaction.ts';
import { directReclaim } from '../rules/direct-reclaim.ts';
import { groupReclaim } from '../rules/group-reclaim.ts';
import { mapLock } from '../rules/map-lock.ts';
import { type Branch, leaf } from './branch.ts';

export const heldByWork: Branch = {
  id: 'held-by-work',
  question: {
    en: 'do they reclaim or compact memory, or wait for the lock of its map?',
    ko: '메모리를 회수하거나 압축 정리하거나, 메모리 맵의 락을 기다립니까?',
  },
  next: [groupReclaim, directReclaim, compaction, mapLock].map(leaf),
  ask(window) {
    const { memoryWork } = window;
    if (memoryWork === null || isMissing(memoryWork))
      return { answer: 'unknown', evidence: [], findings: [] };
    const heldNs = subjectsOf(window).flatMap(({ tgid }) =>
      WORK_KINDS.map((kind) => memoryWork.get(tgid)?.[kind]?.mostOfOneNs ?? 0),
    );
    const pct = pctOfWindow(Math.max(0, ...heldNs), window);
    return {
      answer: pct >= 100 * NOTABLE_RATIO ? 'yes' : 'no',
      evidence: [evidence({ en: 'held', ko: '멈춤' }, pct, 'Pct', 'tracepoints')],
      findings: [],
    };
  },
};
