/** The first question: page faults by the time they take, not by their number. */
import { isMissing } from '../../base/missing.ts';
import { perSec } from '../../model/difference.ts';
import { stallNsOf } from '../../model/faults/stalls.ts';
import { STALL_SOURCE } from '../fault-stalls.ts';
import { evidence, NOTABLE_RATIO } from '../finding.ts';
import { known, pctOfWindow, subjectsOf } from '../look.ts';
import type { Branch } from './branch.ts';

const STAT_SOURCE = '/proc/PID/stat';

export const heldByFaults: Branch = {
  id: 'held-by-faults',
  question: { en: 'do page faults hold its threads?', ko: '페이지 폴트가 스레드를 붙잡습니까?' },
  next: [],
  ask(window) {
    const { stalls } = window;
    const faults = subjectsOf(window).reduce(
      (sum, { minorFaults, majorFaults }) => sum + known(minorFaults) + known(majorFaults),
      0,
    );
    const rate = evidence(
      { en: 'faults', ko: '폴트' },
      perSec(faults, window.interval.elapsedNs),
      'PerSec',
      STAT_SOURCE,
    );
    if (stalls === null || isMissing(stalls)) return { answer: 'unknown', evidence: [rate], findings: [] };
    const pct = pctOfWindow(stallNsOf(stalls, null), window);
    const held = evidence({ en: 'held', ko: '멈춤' }, pct, 'Pct', STALL_SOURCE);
    return { answer: pct >= 100 * NOTABLE_RATIO ? 'yes' : 'no', evidence: [held, rate], findings: [] };
  },
};
