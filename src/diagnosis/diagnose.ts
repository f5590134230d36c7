/** Runs every rule over a window and ranks what they find. */
import type { Gap } from '../base/missing.ts';
import type { Finding, Rule, Window } from './finding.ts';
import { RULES } from './rules/index.ts';

export interface Diagnosis {
  /** The heaviest first. */
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
}

export function diagnose(window: Window, rules: readonly Rule[] = RULES): Diagnosis {
  const gaps: Gap[] = [];
  const findings = rules.flatMap((rule) => rule.check(window, gaps));
  return { findings: [...findings].sort((a, b) => b.weightRatio - a.weightRatio), gaps };
}
