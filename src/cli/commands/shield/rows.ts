/** What the plan of a shield and its result have in common. */
import type { ShieldPlan } from '../../../app/plan-shield.ts';
import type { Interrupt } from '../../../app/read-kernel-work.ts';
import { isMissing } from '../../../base/missing.ts';

/** Beyond this there is a number. */
export const MOST_NAMED = 8;

/** Those that have fired and are handled on one of the CPUs. */
export function interruptsHere({ interrupts, cpus }: ShieldPlan): readonly Interrupt[] {
  return isMissing(interrupts)
    ? []
    : interrupts.filter((one) => one.hasFired && one.delivered.overlaps(cpus));
}
