/** Reads what the cgroups of processes allow: CPUs, memory nodes, CPU quota, memory. */
import { isMissing, type Maybe, mapMaybe, missing, orNull, present } from '../base/missing.ts';
import { NS_PER_US } from '../base/units.ts';
import type { Host } from '../host/host.ts';
import { type CpuMax, cfsPeriod, cfsQuota, cpuMax, cpuStat } from '../kernel/cgroup/cpu.ts';
import {
  cpusetCpus,
  cpusetNodes,
  cpusetPartition,
  legacyCpusetCpus,
  legacyCpusetNodes,
} from '../kernel/cgroup/cpuset.ts';
import { legacyMemoryLimit, legacyMemoryUsage, memoryCurrent, memoryMax } from '../kernel/cgroup/memory.ts';
import { type CgroupMembership, processCgroup } from '../kernel/task/cgroup.ts';
import { type CgroupMount, cgroupMounts } from '../kernel/task/mountinfo.ts';
import {
  type CgroupFolder,
  type CgroupReading,
  type Controller,
  type CpuQuota,
  type Cpuset,
  foldersUpward,
  type MemoryLimit,
  membershipFor,
  shownPath,
} from '../model/cgroup.ts';
import { unitOf } from '../model/target.ts';

/** The cgroups of a machine; what several processes share is read once. Make a new one for each reading. */
export interface Cgroups {
  /** Missing where the process has ended. */
  readonly of: (tgid: number) => Maybe<CgroupReading>;
}

export function openCgroups(host: Host): Cgroups {
  // Mounts of this process, because its folders are the ones that can be opened here.
  const mounts = host.read(cgroupMounts, { pid: 'self' });
  const known = new Map<string, unknown>();
  const once = <T>(kind: string, folders: readonly CgroupFolder[], read: () => T): T => {
    const key = `${kind} ${folders[0]?.folder}`;
    if (!known.has(key)) known.set(key, read());
    return known.get(key) as T;
  };
  return {
    of(tgid) {
      return mapMaybe(host.read(processCgroup, { pid: tgid }), (memberships) => {
        const at = (controller: Controller) => foldersFor(controller, memberships, mounts, tgid);
        return {
          path: shownPath(memberships),
          unit: unitOf(memberships),
          cpuset: mapMaybe(at('cpuset'), (all) => once('cpuset', all, () => readCpuset(host, all))),
          quotas: mapMaybe(at('cpu'), (all) => once('cpu', all, () => readQuotas(host, all))),
          memoryLimit: mapMaybe(at('memory'), (all) => once('memory', all, () => readMemoryLimit(host, all))),
          memoryFolders: at('memory'),
        };
      });
    },
  };
}

/** The cgroup folders of a process for a controller, upward; none where no hierarchy has it. */
function foldersFor(
  controller: Controller,
  memberships: readonly CgroupMembership[],
  mounts: Maybe<readonly CgroupMount[]>,
  tgid: number,
): Maybe<readonly CgroupFolder[]> {
  if (isMissing(mounts)) return mounts;
  const membership = membershipFor(controller, memberships);
  if (membership === undefined) return [];
  const folders = foldersUpward(membership, mounts);
  if (folders.length > 0) return folders;
  return missing(
    'absent',
    `cgroup ${membership.path} of ${tgid}`,
    'not mounted, or outside of this container',
  );
}

/** The innermost group that has the file decides: where a controller is not handed down, the ancestor's holds. */
function readCpuset(host: Host, folders: readonly CgroupFolder[]): Maybe<Cpuset | null> {
  for (const { version, cgroup, folder } of folders) {
    const cpus = host.read(version === 2 ? cpusetCpus : legacyCpusetCpus, { folder });
    if (isMissing(cpus) && cpus.missing === 'absent') continue;
    return mapMaybe(cpus, (set) => ({
      cgroup,
      cpus: set,
      memoryNodes: host.read(version === 2 ? cpusetNodes : legacyCpusetNodes, { folder }),
      partition: version === 2 ? orNull(host.read(cpusetPartition, { folder })) : null,
    }));
  }
  return null;
}

/** Groups without the file, as the root of v2, set no quota. */
function readQuotas(host: Host, folders: readonly CgroupFolder[]): Maybe<readonly CpuQuota[]> {
  const quotas: CpuQuota[] = [];
  for (const at of folders) {
    const max = readCpuMax(host, at);
    if (isMissing(max) && max.missing !== 'absent') return max;
    if (isMissing(max) || max.quotaUs === null) continue;
    const throttling = host.read(cpuStat, { folder: at.folder });
    quotas.push({
      cgroup: at.cgroup,
      cpus: max.quotaUs / max.periodUs,
      quotaNs: max.quotaUs * NS_PER_US,
      periodNs: max.periodUs * NS_PER_US,
      throttling: throttling ?? missing('absent', `${at.folder} cpu.stat`),
    });
  }
  return quotas;
}

function readCpuMax(host: Host, { version, folder }: CgroupFolder): Maybe<CpuMax> {
  if (version === 2) return host.read(cpuMax, { folder });
  const quotaUs = host.read(cfsQuota, { folder });
  const periodUs = host.read(cfsPeriod, { folder });
  if (isMissing(quotaUs)) return quotaUs;
  return mapMaybe(periodUs, (us) => ({ quotaUs, periodUs: us }));
}

function readMemoryLimit(host: Host, folders: readonly CgroupFolder[]): Maybe<MemoryLimit | null> {
  let tightest: MemoryLimit | null = null;
  for (const { version, cgroup, folder } of folders) {
    const limitBytes = host.read(version === 2 ? memoryMax : legacyMemoryLimit, { folder });
    if (isMissing(limitBytes) && limitBytes.missing !== 'absent') return limitBytes;
    if (!present(limitBytes) || limitBytes === null) continue;
    if (tightest !== null && tightest.limitBytes <= limitBytes) continue;
    const usedBytes = host.read(version === 2 ? memoryCurrent : legacyMemoryUsage, { folder });
    tightest = { cgroup, limitBytes, usedBytes };
  }
  return tightest;
}
