/**
 * A kind of change to the machine as a whole: how its value is read, written and shown. One file per kind, and a line in
 * index.ts. Values are texts, so that they go into the journal and the JSON as they are.
 */
import type { Sentence } from '../../base/sentence.ts';
import type { MachineControls, MachineFile } from '../machine-controls.ts';
import type { Refused } from '../refused.ts';

export type MachineSettingName =
  | Exclude<MachineFile, 'cpuWeight' | 'cpuIdle'>
  | 'cgroup'
  | 'membership'
  | 'unitCpus'
  | 'population'
  | 'groupWeight'
  | 'memoryLock'
  | 'lockLimit'
  | 'keptFiles';

/** One value of the machine: which, what it was, and what it is to be. */
export interface MachineStep {
  readonly setting: MachineSettingName;
  readonly at: string;
  readonly before: string;
  readonly set: string;
  /** Where the kernel refuses, the rest of the change is made all the same. */
  readonly mayStay: boolean;
  /** Of a trial, which goes from one value to another: what else it may be meanwhile. */
  readonly tried?: readonly string[];
}

export interface MachineSetting {
  readonly name: MachineSettingName;
  readonly label: Sentence;
  /** What `at` and the values look like: a journal with anything else is no journal. */
  readonly isPlace: (at: string) => boolean;
  readonly isValue: (value: string) => boolean;
  /**
   * As it is now. Of what changes on its own as well, it is told as far as the step goes: as `step.set` or `step.before`
   * where it is neither more nor less than one of them.
   * @throws Refused `gone` where it is not there
   */
  read(controls: MachineControls, step: MachineStep): string;
  /** Until it is so. @throws Refused */
  write(controls: MachineControls, at: string, value: string): void;
  /** Puts `step.before` back. @param steps all of the change @throws Refused */
  restore(controls: MachineControls, step: MachineStep, steps: readonly MachineStep[]): void;
  same(a: string, b: string): boolean;
}

/** A step that the kernel did not take. */
export interface RefusedStep {
  readonly step: MachineStep;
  readonly refused: Refused;
}

export function stepKey(step: Pick<MachineStep, 'setting' | 'at'>): string {
  return `${step.setting} ${step.at}`;
}
