/**
 * One rule at one subject over time: above for long enough it fires, clear for long enough it is over. Time is what was
 * measured between two observations, so a clock that jumps changes nothing, and what passed while nobody looked does not
 * count as time that the condition held.
 */
import type { Severity } from '../diagnosis/finding.ts';
import type { AlertRule } from './rule.ts';

export interface AlertState {
  /** Above, and not yet for long enough; firing; or firing, and clear for some time already. */
  readonly phase: 'pending' | 'firing' | 'clearing';
  /** How long it is in this phase. */
  readonly heldNs: number;
  readonly value: number;
  /** The highest value of all. */
  readonly peak: number;
  readonly severity: Severity;
}

export type AlertChange = 'fired' | 'worsened' | 'resolved';

export interface AlertStep {
  /** null where there is nothing to keep in mind. */
  readonly state: AlertState | null;
  readonly change: AlertChange | null;
}

const NOTHING: AlertStep = { state: null, change: null };

/**
 * @param limit what it must be above: the rule's, or what was learned
 * @param elapsedNs what the value is over; 0 where nobody looked for so long that it says nothing of durations
 */
export function stepAlert(
  state: AlertState | null,
  value: number,
  limit: number,
  rule: AlertRule,
  elapsedNs: number,
): AlertStep {
  const isAbove = value > limit;
  if (state === null && !isAbove) return NOTHING;
  const peak = Math.max(value, state?.peak ?? value);
  if (state === null || state.phase === 'pending') {
    if (!isAbove) return NOTHING;
    const heldNs = (state?.heldNs ?? 0) + elapsedNs;
    const fires = heldNs >= rule.forNs;
    const severity = severityOf(value, rule);
    const next: AlertState = { phase: fires ? 'firing' : 'pending', heldNs, value, peak, severity };
    return { state: next, change: fires ? 'fired' : null };
  }
  return stepFiring({ ...state, value, peak }, isClear(value, limit, rule), rule, elapsedNs);
}

/** Below the limit and not yet clear it goes on: that is the hysteresis. */
function stepFiring(state: AlertState, clear: boolean, rule: AlertRule, elapsedNs: number): AlertStep {
  if (!clear) {
    const severity = worse(state.severity, severityOf(state.value, rule));
    const change = severity === state.severity ? null : 'worsened';
    return { state: { ...state, phase: 'firing', heldNs: state.heldNs + elapsedNs, severity }, change };
  }
  const heldNs = (state.phase === 'clearing' ? state.heldNs : 0) + elapsedNs;
  if (heldNs >= rule.clearForNs) return { state: null, change: 'resolved' };
  return { state: { ...state, phase: 'clearing', heldNs }, change: null };
}

/** A learned limit is higher than the rule's; what counts as clear goes up with it. */
function isClear(value: number, limit: number, rule: AlertRule): boolean {
  return value <= (rule.above > 0 ? (rule.clear * limit) / rule.above : rule.clear);
}

function severityOf(value: number, rule: AlertRule): Severity {
  return rule.criticalAbove !== null && value > rule.criticalAbove ? 'critical' : rule.severity;
}

export function worse(a: Severity, b: Severity): Severity {
  return RANK[a] >= RANK[b] ? a : b;
}

export const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };
