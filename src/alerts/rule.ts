/** A rule: a signal with limits, durations and a severity. The configuration's, filled up with the signal's defaults. */
import type { Severity } from '../diagnosis/finding.ts';
import { SIGNALS } from './signals/index.ts';

export interface AlertRule {
  /** Unique in the configuration. */
  readonly id: string;
  readonly signal: string;
  /** Names of targets; null for all. Of a signal of the machine always null. */
  readonly targets: readonly string[] | null;
  /** Passed strictly above. */
  readonly above: number;
  /** At or below this it is over: lower than `above`, so that a value near the limit does not flap. */
  readonly clear: number;
  readonly criticalAbove: number | null;
  /** How long the value must be above before it fires; 0: at once. */
  readonly forNs: number;
  /** How long it must be clear before it is over. */
  readonly clearForNs: number;
  /** After the start of the process, or of the machine: everything faults in then. */
  readonly graceNs: number;
  readonly severity: Severity;
  /** What is usual is learned, and the limit is never below so many times that; null: the limit is fixed. */
  readonly baseline: BaselineRule | null;
}

export interface BaselineRule {
  /** Times the 95th percentile of what was seen. */
  readonly factor: number;
  /** Until so much was seen, the fixed limit holds. */
  readonly learnNs: number;
}

/** Once below four fifths it is over: less would flap at the noise of counters over a second. */
export const CLEAR_RATIO = 0.8;
export const DEFAULT_CLEAR_FOR_NS = 30e9;
/** The first minute of a program is its start. */
export const DEFAULT_GRACE_NS = 60e9;

/** What is watched without any rule in the configuration: each signal at its usual limits. */
export function defaultRules(): readonly AlertRule[] {
  return SIGNALS.map((signal) => defaultRule(signal.id));
}

/** @throws RangeError where there is no such signal */
export function defaultRule(id: string): AlertRule {
  const signal = SIGNALS.find((one) => one.id === id);
  if (signal === undefined) throw new RangeError(`no signal ${id}`);
  const { above, criticalAbove, forSec } = signal.defaults;
  return {
    id,
    signal: id,
    targets: null,
    above,
    clear: above * CLEAR_RATIO,
    criticalAbove,
    forNs: forSec * 1e9,
    clearForNs: DEFAULT_CLEAR_FOR_NS,
    graceNs: DEFAULT_GRACE_NS,
    severity: 'warning',
    baseline: null,
  };
}
