/** What could be typed as a target on this machine: for the shell's completion. */
import { isMissing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { processCgroup } from '../kernel/task/cgroup.ts';
import { processList } from '../kernel/task/lists.ts';
import { PF_KTHREAD, processStat } from '../kernel/task/stat.ts';
import { unitOf } from '../model/target.ts';

export interface ListedProcess {
  readonly tgid: number;
  /** Chosen by the process itself: may hold anything. */
  readonly comm: string;
}

/** The processes of user space, by number. Those that end meanwhile are left out. */
export function listProcesses(host: Host): readonly ListedProcess[] {
  return (orNull(host.read(processList)) ?? []).flatMap((tgid) => {
    const stat = host.read(processStat, { pid: tgid });
    return isMissing(stat) || (stat.flags & PF_KTHREAD) !== 0 ? [] : [{ tgid, comm: stat.comm }];
  });
}

/** The systemd units that have processes. */
export function listUnits(host: Host): readonly string[] {
  return distinct(cgroupsOf(host).map((cgroups) => unitOf(cgroups)));
}

/** The cgroups that have processes, in any hierarchy, without the root. */
export function listCgroups(host: Host): readonly string[] {
  return distinct(cgroupsOf(host).flatMap((cgroups) => cgroups.map((one) => one.path))).filter(
    (path) => path !== '/',
  );
}

function cgroupsOf(host: Host) {
  return (orNull(host.read(processList)) ?? []).map((pid) => orNull(host.read(processCgroup, { pid })) ?? []);
}

function distinct(names: readonly (string | null)[]): string[] {
  return [...new Set(names.filter((name) => name !== null))].sort();
}
