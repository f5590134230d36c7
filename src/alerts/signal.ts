/** A signal is a number that can be alerted on: where it is in an observation, its usual limits, what to do about it. */
import type { Sentence } from '../base/sentence.ts';
import type { Remedy } from '../diagnosis/finding.ts';
import type { Observed, ObservedMachine, ObservedProcess } from './observation.ts';

/** What a rule has unless the configuration says otherwise. Limits are passed strictly above. */
export interface SignalDefaults {
  readonly above: number;
  /** From here on the incident is critical; null: it never is by its value. */
  readonly criticalAbove: number | null;
  /** How long it must hold. */
  readonly forSec: number;
}

interface SignalBase {
  readonly id: string;
  /** As the names of numbers end: PerSec, Pct, Bytes, or a plural noun. */
  readonly unit: 'PerSec' | 'Pct' | 'Bytes' | 'threads';
  readonly looksFor: Sentence;
  readonly source: string;
  readonly defaults: SignalDefaults;
  /**
   * Signals that say more about the same: while one of them fires for the same process, this one is not told of. The
   * relation has no circles.
   */
  readonly inhibitedBy: readonly string[];
}

export interface ProcessSignal extends SignalBase {
  readonly scope: 'process';
  readonly valueOf: (process: ObservedProcess) => Observed;
  readonly remedy: (subject: { readonly tgid: number }) => Remedy;
}

export interface MachineSignal extends SignalBase {
  readonly scope: 'machine';
  readonly valueOf: (machine: ObservedMachine) => Observed;
  readonly remedy: () => Remedy;
}

export type Signal = ProcessSignal | MachineSignal;

/** What is told first: looking, which changes nothing. */
export function look(en: string, ko: string, command: string): Remedy {
  return { text: { en, ko }, command, undo: null };
}
