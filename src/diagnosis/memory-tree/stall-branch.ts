/** Questions about a part of the page faults: how long those of some causes held the threads. */
import { isMissing } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import type { FaultCause } from '../../model/faults/cause.ts';
import { faultsOf, stallNsOf } from '../../model/faults/stalls.ts';
import { STALL_SOURCE } from '../fault-stalls.ts';
import { evidence, NOTABLE_RATIO } from '../finding.ts';
import { pctOfWindow } from '../look.ts';
import type { Branch } from './branch.ts';

export function stallBranch(
  id: string,
  question: Sentence,
  causes: readonly FaultCause[],
  next: readonly Branch[],
): Branch {
  return {
    id,
    question,
    next,
    ask(window) {
      const { stalls } = window;
      if (stalls === null || isMissing(stalls)) return { answer: 'unknown', evidence: [], findings: [] };
      const pct = pctOfWindow(stallNsOf(stalls, causes), window);
      return {
        answer: pct >= 100 * NOTABLE_RATIO ? 'yes' : 'no',
        evidence: [
          evidence({ en: 'held', ko: '멈춤' }, pct, 'Pct', STALL_SOURCE),
          evidence({ en: 'faults', ko: '폴트' }, faultsOf(stalls, causes), 'faults', STALL_SOURCE),
        ],
        findings: [],
      };
    },
  };
}
