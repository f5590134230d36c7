/**
 * The part of a trial's placements that is about the machine rather than about threads: every switch writes the same
 * files, with the value of the placement, or with what was before. See arms.ts.
 */
import { machineSettingNamed } from './machine/index.ts';
import { type MachineStep, stepKey } from './machine/setting.ts';
import type { MachineControls } from './machine-controls.ts';
import { isGone } from './refused.ts';

/** A value that is neither what was before nor any of what the trial gives. */
export interface ForeignStep {
  readonly step: MachineStep;
  readonly found: string;
}

export class StepArms {
  readonly #controls: MachineControls;
  /** One for each value of the machine, with all that it may be. */
  readonly steps: readonly MachineStep[];
  /** By candidate, the values it changes. */
  readonly #wanted: readonly ReadonlyMap<string, string>[];

  /** @param candidates the steps of each; what was before is what was read before the first switch */
  constructor(controls: MachineControls, candidates: readonly (readonly MachineStep[])[]) {
    this.#controls = controls;
    this.#wanted = candidates.map((steps) => new Map(steps.map((step) => [stepKey(step), step.set])));
    const byKey = new Map<string, MachineStep>();
    for (const step of candidates.flat()) {
      const known = byKey.get(stepKey(step));
      if (known === undefined) byKey.set(stepKey(step), step);
      else if (known.set !== step.set)
        byKey.set(stepKey(step), { ...known, tried: [...(known.tried ?? []), step.set] });
    }
    this.steps = [...byKey.values()];
  }

  changesSomething(arm: number): boolean {
    return this.steps.some((step) => {
      const wanted = this.#wanted[arm - 1]?.get(stepKey(step));
      return wanted !== undefined && !machineSettingNamed(step.setting).same(wanted, step.before);
    });
  }

  /** What has ended is passed over. @returns values that somebody else changes too; they are left @throws Refused */
  switchTo(arm: number): readonly ForeignStep[] {
    return this.steps.flatMap((step) => {
      const setting = machineSettingNamed(step.setting);
      try {
        const found = setting.read(this.#controls, step);
        const ours = [step.before, step.set, ...(step.tried ?? [])];
        if (!ours.some((value) => setting.same(value, found))) return [{ step, found }];
        setting.write(this.#controls, step.at, this.#wanted[arm - 1]?.get(stepKey(step)) ?? step.before);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
      return [];
    });
  }
}
