/** An incident: one rule that fires for one process, or for the machine, from its first moment to its end. */
import type { Sentence } from '../base/sentence.ts';
import type { Evidence, Remedy, Severity } from '../diagnosis/finding.ts';
import type { ProcessSignal } from './signal.ts';

/** Whom it is about. */
export interface IncidentSubject {
  /** As in observations; `machine` for the machine. */
  readonly key: string;
  /** null for the machine. */
  readonly process: {
    readonly tgid: number;
    readonly comm: string;
    readonly program: string;
    readonly unit: string | null;
  } | null;
  /** The configured target; `machine` for the machine. */
  readonly target: string;
}

export const MACHINE = 'machine';

export interface Incident {
  /** Unique on this host, and the same for as long as it lasts. Letters, digits and `-`. */
  readonly id: string;
  readonly rule: string;
  readonly signal: string;
  readonly severity: Severity;
  readonly subject: IncidentSubject;
  /** The last value, the highest, and what it is above. */
  readonly value: number;
  readonly peak: number;
  readonly limit: number;
  readonly unit: ProcessSignal['unit'];
  readonly source: string;
  readonly looksFor: Sentence;
  /** Wall clock: to show. */
  readonly startedUnixMs: number;
  readonly ended: { readonly unixMs: number; readonly because: EndReason } | null;
  /** What a closer look found: the cause, the file, the function with most stall. Empty until then. */
  readonly findings: readonly IncidentFinding[];
  /** What stood in the way of a closer look; null: nothing did, or nobody looked yet. */
  readonly notExplained: Sentence | null;
  readonly remedies: readonly Remedy[];
  /** It has gone on for so long that its severity was raised. */
  readonly isEscalated: boolean;
}

/** `cleared`: the value is fine again; `gone`: the process ended; `unwatched`: the configuration no longer asks. */
export type EndReason = 'cleared' | 'gone' | 'unwatched';

/** A finding of the diagnosis, as far as it is told. */
export interface IncidentFinding {
  readonly rule: string;
  readonly summary: Sentence;
  readonly evidence: readonly Evidence[];
  /** The code that it was about, the innermost function first; absent where nobody looked for it. */
  readonly stack?: readonly string[];
}

export function isFiring(incident: Incident): boolean {
  return incident.ended === null;
}
