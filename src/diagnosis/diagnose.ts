/** Runs every rule over a window and ranks what they find. */
import type { Gap } from '../base/missing.ts';
import type { Evidence, Finding, Measure, Rule, Window } from './finding.ts';
import { RULES } from './rules/index.ts';

export interface Diagnosis {
  /** The heaviest first. */
  readonly findings: readonly Finding[];
  /** Of the rules that found nothing: how close they came. */
  readonly closest: readonly Measure[];
  readonly gaps: readonly Gap[];
}

/** What a rule found nothing of is evidence against that cause, and stands with every finding. */
export function diagnose(window: Window, rules: readonly Rule[] = RULES): Diagnosis {
  const results = rules.map((rule) => rule.check(window));
  const closest = results.flatMap((result) =>
    result.findings.length === 0 && result.closest !== null ? [result.closest] : [],
  );
  const ruledOut: Evidence[] = closest.map(({ text, value, unit, source }) => ({
    text,
    value,
    unit,
    source,
  }));
  return {
    findings: results
      .flatMap((result) => result.findings)
      .map((finding) => ({ ...finding, against: [...finding.against, ...ruledOut] }))
      .sort((a, b) => b.rankRatio - a.rankRatio),
    closest,
    gaps: uniqueGaps(results.flatMap((result) => result.gaps)),
  };
}

/** Rules may miss the same thing. */
function uniqueGaps(gaps: readonly Gap[]): readonly Gap[] {
  return [...new Map(gaps.map((gap) => [`${gap.field} ${gap.path}`, gap])).values()];
}
