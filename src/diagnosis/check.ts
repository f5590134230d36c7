/** A check looks at one process as it stands (no window) and warns of what is set in a way that costs latency. */
import type { Sentence } from '../base/sentence.ts';
import type { CheckedMachine, ProcessCheck } from '../model/process-check.ts';
import type { Evidence, Remedy, Severity, Subject } from './finding.ts';

export interface Warning {
  /** The id of the check. */
  readonly check: string;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly summary: Sentence;
  readonly evidence: readonly Evidence[];
  readonly remedies: readonly Remedy[];
}

export interface Check {
  readonly id: string;
  /** What it looks for, in one sentence. */
  readonly looksFor: Sentence;
  /** Pure. What could not be read raises no warning: the document says that it is missing. */
  readonly check: (process: ProcessCheck, machine: CheckedMachine) => readonly Omit<Warning, 'check'>[];
}

/** The process as a whole. */
export function wholeProcess(process: ProcessCheck): Subject {
  return { tgid: process.tgid, tid: null, comm: process.comm };
}
