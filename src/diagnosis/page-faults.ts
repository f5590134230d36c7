/** What the rules for minor and for major faults have in common. */
import { isMissing } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import { perSec } from '../model/difference.ts';
import type { ProcessInterval } from '../model/task-interval.ts';
import { evidence, type Finding, type Rule, severityOf, type Window } from './finding.ts';
import { gapOf, known, nameOf, noSubjects, subjectsOf } from './look.ts';

/**
 * From which rate a process is reported, and what one fault costs at the usual most. The rates are those that people
 * use as alarms (1,000 and 10 a second). A minor fault takes 0.5 to 2 us; a major one anything from 1 us (zram) to
 * several ms (a disk): 1 ms is the middle, so that shares made of it are orders of magnitude.
 */
export const FAULT_LIMITS = {
  minor: { limitPerSec: 1000, costNs: 2_000 },
  major: { limitPerSec: 10, costNs: 1_000_000 },
} as const;

export interface FaultKind {
  readonly id: string;
  readonly looksFor: Sentence;
  readonly counter: 'minorFaults' | 'majorFaults';
  readonly childCounter: 'childMinorFaults' | 'childMajorFaults';
  readonly name: Sentence;
  readonly verdict: Sentence;
  /** What the process does, as the rest of a sentence. */
  readonly does: Sentence;
  readonly limitPerSec: number;
  readonly costNs: number;
}

const SOURCE = '/proc/PID/stat';

export function faultRule(kind: FaultKind): Rule {
  return {
    id: kind.id,
    looksFor: kind.looksFor,
    check(window) {
      const none = noSubjects(window);
      if (none !== null) return none;
      const rateOf = (process: ProcessInterval) =>
        perSec(known(process[kind.counter]), window.interval.elapsedNs);
      // Every program faults its own pages in when it starts; that is not a state.
      const settled = subjectsOf(window)
        .filter((process) => !process.born)
        .sort((a, b) => rateOf(b) - rateOf(a));
      const unread = settled.map((process) => process[kind.counter]).find(isMissing);
      return {
        findings: settled
          .filter((process) => rateOf(process) >= kind.limitPerSec)
          .map((process) => findingFor(kind, process, rateOf(process), window)),
        closest: {
          text: { en: `${kind.name.en} of a process`, ko: `프로세스의 ${kind.name.ko}` },
          value: settled[0] === undefined ? 0 : rateOf(settled[0]),
          unit: 'PerSec',
          source: SOURCE,
          limit: kind.limitPerSec,
        },
        gaps: unread === undefined ? [] : [gapOf(kind.counter, unread)],
      };
    },
  };
}

function findingFor(kind: FaultKind, process: ProcessInterval, rate: number, window: Window): Finding {
  const name = nameOf(process, window);
  const ofChildren = perSec(known(process[kind.childCounter]), window.interval.elapsedNs);
  const measured = measuredRatio(process.tgid, window);
  const ratio = Math.min(measured ?? 1, (rate * kind.costNs) / 1e9);
  return {
    rule: kind.id,
    mark: 'F',
    severity: severityOf(ratio),
    subject: { tgid: process.tgid, tid: null, comm: process.comm },
    verdict: { en: `${kind.verdict.en}: ${name}`, ko: `${kind.verdict.ko} (${name})` },
    summary: { en: `${name} ${kind.does.en}`, ko: `${name}: ${kind.does.ko}` },
    evidence: [
      evidence(kind.name, rate, 'PerSec', SOURCE),
      ...(ofChildren > 0
        ? [evidence({ en: 'of its children', ko: '자식 프로세스' }, ofChildren, 'PerSec', SOURCE)]
        : []),
    ],
    against: [],
    remedies: [
      {
        text: {
          en: 'see what they touch and how long each holds it',
          ko: '어디에 접근하다가 얼마나 멈추는지 보기',
        },
        command: `keel faults record ${process.tgid}`,
        undo: null,
      },
    ],
    weightRatio: ratio,
    rankRatio: measured === null ? ratio : ratio * RANK_BESIDE_MEASURED,
    isEstimate: true,
  };
}

/** What was measured says more than what is made of a rate. */
const RANK_BESIDE_MEASURED = 0.9;

/** Time that faults of all kinds held its threads, of the window; null where they were not measured. */
function measuredRatio(tgid: number, { stalls, interval }: Window): number | null {
  if (stalls === null || isMissing(stalls)) return null;
  const own = stalls.summary.byThread.filter((one) => one.tgid === tgid);
  if (own.length === 0) return null;
  return Math.min(1, own.reduce((sum, one) => sum + one.stallNs, 0) / interval.elapsedNs);
}
