/** A rule about a share of the window that was measured for the process asked about. */
import { isMissing, type Maybe } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { ProcessInterval } from '../model/task-interval.ts';
import { type Finding, NOTABLE_RATIO, type Rule, type Window } from './finding.ts';
import { cannotKnow, subjectsOf } from './look.ts';

export interface MeasuredShare<T> {
  readonly id: string;
  readonly looksFor: Sentence;
  /** What the share is of, beside its number. */
  readonly name: Sentence;
  readonly source: string;
  /** How a gap names the measurement. */
  readonly field: string;
  /** null where it was not asked for. */
  readonly measured: (window: Window) => Maybe<T> | null;
  /** May pass 1 where several threads are added up. */
  readonly ratioOf: (measured: T, window: Window) => number;
  readonly findingOf: (measured: T, process: ProcessInterval, ratio: number, window: Window) => Finding;
}

export function shareRule<T>(share: MeasuredShare<T>): Rule {
  return {
    id: share.id,
    looksFor: share.looksFor,
    check(window) {
      const measured = share.measured(window);
      if (measured === null) return { findings: [], closest: null, gaps: [] };
      if (isMissing(measured)) return cannotKnow(share.field, measured);
      const [process] = subjectsOf(window);
      const ratio = share.ratioOf(measured as T, window);
      const closest = {
        text: share.name,
        value: 100 * ratio,
        unit: 'Pct',
        source: share.source,
        limit: 100 * NOTABLE_RATIO,
      };
      if (ratio < NOTABLE_RATIO || process === undefined) return { findings: [], closest, gaps: [] };
      return { findings: [share.findingOf(measured as T, process, ratio, window)], closest, gaps: [] };
    },
  };
}
