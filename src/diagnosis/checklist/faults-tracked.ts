/** Major and minor faults, their ratio, and the time they hold threads, should be in some history. */
import { isMissing } from '../../base/missing.ts';
import { perSec } from '../../model/difference.ts';
import { stallNsOf } from '../../model/faults/stalls.ts';
import { type ChecklistItem, notKnown, UNREAD } from '../checklist-item.ts';
import { STALL_SOURCE } from '../fault-stalls.ts';
import { type Evidence, evidence, type Window } from '../finding.ts';
import { known, pctOfWindow, subjectsOf } from '../look.ts';

export const faultsTracked: ChecklistItem = {
  id: 'faults-tracked',
  question: { en: 'are faults and the stall they cause kept?', ko: '폴트와 그로 인한 멈춤이 기록됩니까?' },
  check({ agent, window }) {
    const evidence = faultEvidence(window);
    if (isMissing(agent)) return { ...notKnown(UNREAD), evidence };
    if (agent)
      return {
        status: 'pass',
        found: { en: 'keel agent keeps them', ko: 'keel agent가 기록 중' },
        evidence,
        advice: null,
      };
    return {
      status: 'fail',
      found: { en: 'nobody keeps them; in this window', ko: '아무도 기록하지 않음. 현재 값' },
      evidence,
      advice: {
        en: 'keel monitor TARGET 1h --csv keeps them for a while',
        ko: 'keel monitor 대상 1h --csv로 한동안 기록할 수 있습니다',
      },
    };
  },
};

const STAT_SOURCE = '/proc/PID/stat';

function faultEvidence(window: Window): readonly Evidence[] {
  const rate = (counter: 'minorFaults' | 'majorFaults') =>
    perSec(
      subjectsOf(window).reduce((sum, process) => sum + known(process[counter]), 0),
      window.interval.elapsedNs,
    );
  const { stalls } = window;
  return [
    evidence({ en: 'major', ko: '메이저' }, rate('majorFaults'), 'PerSec', STAT_SOURCE),
    evidence({ en: 'minor', ko: '마이너' }, rate('minorFaults'), 'PerSec', STAT_SOURCE),
    ...(stalls === null || isMissing(stalls)
      ? []
      : [
          evidence(
            { en: 'stall', ko: '멈춤' },
            pctOfWindow(stallNsOf(stalls, null), window),
            'Pct',
            STALL_SOURCE,
          ),
        ]),
  ];
}
