/** The way into CPUs that a shield keeps free: a cgroup of that shield which has them. */
import type { MachineControls } from '../actions/machine-controls.ts';
import { Refused } from '../actions/refused.ts';
import { SHIELD_GROUP } from '../actions/shield/way.ts';
import { CpuSet } from '../base/cpu-set.ts';

/** The cgroup; null where none has all of these CPUs. */
export function shieldEntrance(machine: MachineControls, cpus: CpuSet): string | null {
  try {
    const groups = machine.cgroupsIn('/').filter((path) => SHIELD_GROUP.test(path));
    return groups.find((path) => cpus.isSubsetOf(cpusOf(machine, path))) ?? null;
  } catch (error) {
    // No cpuset hierarchy, or a shield that is being taken away just now.
    if (error instanceof Refused) return null;
    throw error;
  }
}

function cpusOf(machine: MachineControls, path: string): CpuSet {
  return CpuSet.parseList(machine.readFile('cpusetCpus', path));
}

/** Whether the cpuset of a process keeps it off some of these CPUs. */
export function isKeptOff(
  machine: MachineControls,
  process: { readonly tgid: number; readonly startTicks: bigint },
  cpus: CpuSet,
): boolean {
  const allowed = machine.cpusetOf(process);
  return allowed !== null && !cpus.isSubsetOf(allowed);
}
