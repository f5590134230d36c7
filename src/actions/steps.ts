/** Makes the steps of a change to the machine, reads them back, and takes them back in the opposite order. */

import { machineSettingNamed } from './machine/index.ts';
import { type MachineStep, type RefusedStep, stepKey } from './machine/setting.ts';
import type { MachineControls } from './machine-controls.ts';
import { isGone, Refused } from './refused.ts';

/** What is before, now; of what is made only by an earlier step, as it was planned. Steps that change nothing fall out. */
export function recordSteps(
  controls: MachineControls,
  steps: readonly MachineStep[],
): readonly MachineStep[] {
  return steps.flatMap((step) => {
    const setting = machineSettingNamed(step.setting);
    const before = readOrGone(controls, step) ?? step.before;
    return setting.same(before, step.set) ? [] : [{ ...step, before }];
  });
}

/**
 * @returns the steps that the kernel refused and without which the rest still makes sense
 * @throws Refused where another one is refused, or does not read back
 */
export function applySteps(controls: MachineControls, steps: readonly MachineStep[]): readonly RefusedStep[] {
  return steps.flatMap((step) => {
    try {
      machineSettingNamed(step.setting).write(controls, step.at, step.set);
      return [];
    } catch (error) {
      if (!(error instanceof Refused) || !step.mayStay) throw error;
      return [{ step, refused: error }];
    }
  });
}

/** A value of the machine that is not as expected. */
export interface StepConflict {
  readonly step: MachineStep;
  readonly found: string;
}

/** Values that somebody else changed since: neither what was set or tried nor what was before. Reads only. */
export function findStepConflicts(
  controls: MachineControls,
  steps: readonly MachineStep[],
): readonly StepConflict[] {
  return compareSteps(controls, steps, (step) => [step.before, step.set, ...(step.tried ?? [])]);
}

/** Values that are not as they were before. */
export function findNotRestored(
  controls: MachineControls,
  steps: readonly MachineStep[],
): readonly StepConflict[] {
  return compareSteps(controls, steps, (step) => [step.before]);
}

/** Values that are not as they were set. */
export function findMismatches(
  controls: MachineControls,
  steps: readonly MachineStep[],
): readonly StepConflict[] {
  return compareSteps(controls, steps, (step) => [step.set]);
}

function compareSteps(
  controls: MachineControls,
  steps: readonly MachineStep[],
  expected: (step: MachineStep) => readonly string[],
): readonly StepConflict[] {
  return steps.flatMap((step) => {
    const { same } = machineSettingNamed(step.setting);
    const found = readOrGone(controls, step);
    return found === null || expected(step).some((value) => same(found, value)) ? [] : [{ step, found }];
  });
}

export interface StepsUndone {
  /** Values that were put back, in the order of their steps. */
  readonly restored: readonly MachineStep[];
  /** What the kernel said to the first value that it did not take back. */
  readonly refused: Refused | null;
}

/** Those whose values are not as before, in their order. Reads only. @param left keys of the steps to leave alone */
export function stepsToUndo(
  controls: MachineControls,
  steps: readonly MachineStep[],
  left: ReadonlySet<string>,
): readonly MachineStep[] {
  return steps.filter((step) => !left.has(stepKey(step)) && isToUndo(controls, step));
}

/** Goes on where the kernel does not take a value back. @param left keys of the steps to leave alone */
export function undoSteps(
  controls: MachineControls,
  steps: readonly MachineStep[],
  left: ReadonlySet<string>,
): StepsUndone {
  const restored: MachineStep[] = [];
  let refused: Refused | null = null;
  for (const step of steps.toReversed()) {
    if (left.has(stepKey(step)) || !isToUndo(controls, step)) continue;
    try {
      machineSettingNamed(step.setting).restore(controls, step, steps);
      restored.unshift(step);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (!isGone(error)) refused ??= error;
    }
  }
  return { restored, refused };
}

function isToUndo(controls: MachineControls, step: MachineStep): boolean {
  const found = readOrGone(controls, step);
  return found !== null && !machineSettingNamed(step.setting).same(found, step.before);
}

/** Whether a step changes where threads may run, beside what is set of each of them. */
export function changesMasks({ setting }: MachineStep): boolean {
  return CONFINING.includes(setting);
}

const CONFINING: readonly MachineStep['setting'][] = [
  'cgroup',
  'cpusetController',
  'cpusetCpus',
  'cpusetNodes',
  'cpusetPartition',
  'membership',
  'population',
  'unitCpus',
];

/** null where it is not there: the device or the process has ended, or an earlier step had not made it yet. */
function readOrGone(controls: MachineControls, step: MachineStep): string | null {
  try {
    return machineSettingNamed(step.setting).read(controls, step);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
