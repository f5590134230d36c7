/** What a rule sees, and what it says: always with evidence, never as a shell line alone. */
import type { Gap } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Interval } from '../model/interval.ts';

/** Intervals a rule sees, and what stands still meanwhile. */
export interface Window {
  readonly interval: Interval;
  readonly onlineCpus: number;
  /** The processes asked about; null when the whole machine was. */
  readonly target: ReadonlySet<number> | null;
}

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Subject {
  readonly tgid: number;
  readonly tid: number | null;
  readonly comm: string;
}

export interface Evidence {
  readonly text: Sentence;
  readonly value: number;
  /** Unit of the value, as names end: Ns, Pct, PerSec, Bytes, or a plural noun for counts. */
  readonly unit: string;
  /** Where the number comes from, such as "/proc/PID/schedstat". */
  readonly source: string;
}

export interface Remedy {
  readonly text: Sentence;
  readonly command: string | null;
  readonly undo: string | null;
}

export interface Finding {
  /** The id of the rule. */
  readonly rule: string;
  readonly severity: Severity;
  /** null for the machine as a whole. */
  readonly subject: Subject | null;
  readonly summary: Sentence;
  readonly evidence: readonly Evidence[];
  readonly against: readonly Evidence[];
  readonly remedies: readonly Remedy[];
  /** Share of the window in which the subject was held up, 0 to 1: what findings are ranked by. */
  readonly weightRatio: number;
}

export interface Rule {
  readonly id: string;
  /** What it looks for, in one sentence. */
  readonly looksFor: Sentence;
  /** Pure; adds to `gaps` what it would have needed. */
  readonly check: (window: Window, gaps: Gap[]) => readonly Finding[];
}
