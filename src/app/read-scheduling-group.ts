/** In which group the scheduler weighs a process: its cgroup of the cpu controller, or its session. */
import { isMissing, type Maybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { cpuMax } from '../kernel/cgroup/cpu.ts';
import { cpuShares, cpuWeight } from '../kernel/cgroup/weight.ts';
import { autogroupEnabled } from '../kernel/proc/sysctl.ts';
import { taskAutogroup } from '../kernel/task/autogroup.ts';
import { processCgroup } from '../kernel/task/cgroup.ts';
import { cgroupMounts } from '../kernel/task/mountinfo.ts';
import { type CgroupFolder, foldersUpward, membershipFor } from '../model/cgroup.ts';
import type { SchedulingGroup } from '../placement/situation.ts';

/** The groups of a machine; read what does not change once. */
export interface SchedulingGroups {
  /** Missing where the process has ended, or its hierarchy is not mounted here. */
  readonly of: (tgid: number) => Maybe<SchedulingGroup>;
}

export function openSchedulingGroups(host: Host): SchedulingGroups {
  const mounts = host.read(cgroupMounts, { pid: 'self' });
  const sessionsCount = orNull(host.read(autogroupEnabled)) === 1;
  const dividing = new Map<string, boolean>();
  /** In v2 a group divides CPU time only where its parent hands the controller down; the root has no such file. */
  const divides = (version: 1 | 2, folder: string): boolean => {
    if (version === 1) return true;
    const known = dividing.get(folder) ?? !isMissing(host.read(cpuMax, { folder }));
    dividing.set(folder, known);
    return known;
  };
  return {
    of(tgid) {
      const memberships = host.read(processCgroup, { pid: tgid });
      if (isMissing(memberships)) return memberships;
      if (isMissing(mounts)) return mounts;
      const membership = membershipFor('cpu', memberships);
      const folders = membership === undefined ? [] : foldersUpward(membership, mounts);
      const own = folders.find(({ version, folder }) => divides(version, folder));
      const cgroup = own?.cgroup ?? '/';
      // Sessions are made of the tasks of the root alone (kernel/sched/autogroup.c, task_wants_autogroup).
      const session = cgroup === '/' && sessionsCount ? host.read(taskAutogroup, { pid: tgid }) : null;
      const known = session === null ? null : orNull(session);
      return {
        cgroup,
        autogroup: known?.name ?? null,
        ...(known === null ? {} : { nice: known.nice }),
        ...(own === undefined || cgroup === '/' ? {} : weightOf(host, own)),
      };
    },
  };
}

/** Nothing while the group is idle: 0 is no weight that could be given back. */
function weightOf(host: Host, { version, folder }: CgroupFolder): Pick<SchedulingGroup, 'weight'> {
  const value = orNull(host.read(version === 2 ? cpuWeight : cpuShares, { folder })) ?? 0;
  return value === 0 ? {} : { weight: { version, value } };
}
