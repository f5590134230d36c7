/** Reads what a way of shielding decides from: the tree of cgroups that has the cpuset controller, who is meant where. */
import { accessSync, constants } from 'node:fs';
import type { MachineControls } from '../actions/machine-controls.ts';
import { Refused } from '../actions/refused.ts';
import type {
  CpusetGroup,
  CpusetHierarchy,
  Exception,
  ShieldSituation,
} from '../actions/shield/situation.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, mapMaybe, orNull } from '../base/missing.ts';
import { kernelVersion } from '../host/facts.ts';
import type { Host } from '../host/host.ts';
import { cpusetAskedCpus, cpusetAskedNodes, cpusetNodes, cpusetPartition } from '../kernel/cgroup/cpuset.ts';
import { cgroupChildControllers, cgroupControllers, cgroupType } from '../kernel/cgroup/tree.ts';
import { type CgroupMount, cgroupMounts } from '../kernel/task/mountinfo.ts';
import { controllerMount } from '../model/cgroup.ts';
import type { FoundTarget } from './find-targets.ts';
import { systemdRuns } from './native-units.ts';
import { openCgroups } from './read-cgroup.ts';

export interface ShieldQuestion {
  readonly cpus: CpuSet;
  readonly rest: CpuSet;
  readonly exceptions: readonly FoundTarget[];
  /** Of the change: "c-19". */
  readonly id: string;
}

export function readShieldSituation(
  host: Host,
  machine: MachineControls,
  { cpus, rest, exceptions, id }: ShieldQuestion,
): ShieldSituation {
  const version = kernelVersion(host.facts);
  const hierarchy = readHierarchy(host, machine);
  return {
    cpus,
    rest,
    kernel: version === null ? null : { major: version[0], minor: version[1] },
    hierarchy,
    manager: groupManager(machine),
    exceptions: exceptions.map((target) => exceptionOf(host, machine, target, hierarchy !== null)),
    group: `/keel-${id}`,
  };
}

/** A unit that every systemd has. */
const SOME_UNIT = 'init.scope';

function groupManager({ units }: MachineControls): ShieldSituation['manager'] {
  if (!systemdRuns()) return null;
  try {
    units.allowedCpus(SOME_UNIT);
    return 'systemd';
  } catch (error) {
    if (error instanceof Refused) return 'silent-systemd';
    throw error;
  }
}

/** null where no such hierarchy is mounted, or it cannot be written here. */
function readHierarchy(host: Host, machine: MachineControls): CpusetHierarchy | null {
  const mount = controllerMount('cpuset', orNull(host.read(cgroupMounts, { pid: 'self' })) ?? []);
  if (mount === null || !isWritable(mount.mountPoint)) return null;
  const folder = mount.mountPoint;
  if (mount.version === 1) {
    return {
      version: 1,
      isRoot: true,
      controller: null,
      nodes: orNull(host.read(cpusetAskedNodes, { folder })) ?? CpuSet.EMPTY,
      groups: groupsBelow(host, machine, mount, '/'),
    };
  }
  const could = orNull(host.read(cgroupControllers, { folder }))?.includes('cpuset') === true;
  const hands = orNull(host.read(cgroupChildControllers, { folder }))?.includes('cpuset') === true;
  return {
    version: 2,
    isRoot: isMissing(host.read(cgroupType, { folder })),
    controller: hands ? 'on' : could ? 'off' : null,
    nodes: orNull(host.read(cpusetNodes, { folder })) ?? CpuSet.EMPTY,
    groups: machine.cgroupsIn('/').map((path) => groupAt(host, mount, path)),
  };
}

/** For root too: a container may have it read-only. */
function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch (error) {
    // To others the plan is shown as root would carry it out.
    return (error as NodeJS.ErrnoException).code !== 'EROFS';
  }
}

/** Children before their parents. */
function groupsBelow(
  host: Host,
  machine: MachineControls,
  mount: CgroupMount,
  path: string,
): readonly CpusetGroup[] {
  return machine
    .cgroupsIn(path)
    .flatMap((child) => [...groupsBelow(host, machine, mount, child), groupAt(host, mount, child)]);
}

function groupAt(host: Host, { mountPoint, version }: CgroupMount, path: string): CpusetGroup {
  const folder = `${mountPoint}${path}`;
  return {
    path,
    asked: orNull(host.read(cpusetAskedCpus, { folder })) ?? CpuSet.EMPTY,
    partition: version === 2 ? orNull(host.read(cpusetPartition, { folder })) : null,
  };
}

function exceptionOf(
  host: Host,
  machine: MachineControls,
  { tgid, startTicks, comm }: FoundTarget,
  hasHierarchy: boolean,
): Exception {
  const cpuset = mapMaybe(openCgroups(host).of(tgid), (cgroup) => cgroup.cpuset);
  const nodes = isMissing(cpuset) || cpuset === null ? null : orNull(cpuset.memoryNodes);
  return {
    tgid,
    startTicks,
    comm,
    cgroup: hasHierarchy ? cgroupOrRoot(machine, { tgid, startTicks }) : '/',
    nodes: nodes ?? CpuSet.EMPTY,
  };
}

/** A process that ends meanwhile is found to be gone when the change is made. */
function cgroupOrRoot(machine: MachineControls, process: { tgid: number; startTicks: bigint }): string {
  try {
    return machine.cgroupOf(process);
  } catch (error) {
    if (error instanceof Refused) return '/';
    throw error;
  }
}
