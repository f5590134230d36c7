/** Protects what a cgroup uses from reclaim: memory.min or memory.low of version 2, and of every group above it. */
import type { MachineStep } from '../actions/machine/setting.ts';
import { KeelError } from '../base/errors.ts';
import { isMissing, type Maybe, orNull, present } from '../base/missing.ts';
import { verbatim } from '../base/sentence.ts';
import { memoryCurrent, memoryLow, memoryMin } from '../kernel/cgroup/memory.ts';
import type { CgroupFolder } from '../model/cgroup.ts';
import type { FoundTarget } from './find-targets.ts';
import { openCgroups } from './read-cgroup.ts';
import type { Workshop } from './workshop.ts';

/**
 * - `min`: never taken; where that cannot be, somebody is killed for want of memory
 * - `low`: taken only where nobody without such a protection has any
 */
export type Protection = 'min' | 'low';

export interface ProtectionPlan {
  /** The id it gets if it is applied next. */
  readonly id: string;
  readonly target: FoundTarget;
  readonly protection: Protection;
  readonly cgroup: string;
  /** What the group uses now, with everything below it. */
  readonly usedBytes: number;
  readonly steps: readonly MachineStep[];
}

/** What a group has now; null for "max". */
export interface ProtectedGroup {
  readonly at: string;
  readonly bytes: bigint | null;
}

/**
 * A group is protected no further than the groups above it (cgroup-v2.rst, memory.min), so each of them gets as much more.
 * @param groups the outermost first, the one that is meant last
 */
export function protectionSteps(
  groups: readonly ProtectedGroup[],
  protection: Protection,
  usedBytes: bigint,
): readonly MachineStep[] {
  const own = groups.at(-1)?.bytes;
  if (own === undefined || own === null || own >= usedBytes) return [];
  return groups.flatMap(({ at, bytes }): readonly MachineStep[] => {
    if (bytes === null) return [];
    const setting = protection === 'min' ? 'memoryMin' : 'memoryLow';
    return [{ setting, at, before: String(bytes), set: String(bytes + usedBytes - own), mayStay: false }];
  });
}

/**
 * Missing where its cgroup cannot be told.
 * @throws KeelError E_UNSUPPORTED without a group of version 2 that has a memory controller
 */
export function planProtection(
  { host, journal }: Workshop,
  target: FoundTarget,
  protection: Protection,
): Maybe<ProtectionPlan> {
  const cgroup = openCgroups(host).of(target.tgid);
  if (isMissing(cgroup)) return cgroup;
  if (isMissing(cgroup.memoryFolders)) return cgroup.memoryFolders;
  const folders = cgroup.memoryFolders;
  const [own] = folders;
  const root = folders.at(-1);
  if (own === undefined || root === undefined || own.version === 1) throw noUnified(target);
  const reader = protection === 'min' ? memoryMin : memoryLow;
  const groups = folders
    .slice(0, -1)
    .toReversed()
    .map((one) => {
      const bytes = host.read(reader, { folder: one.folder });
      if (isMissing(bytes)) throw noController(target, one);
      return { at: one.folder.slice(root.folder.length), bytes };
    });
  const used = orNull(host.read(memoryCurrent, { folder: own.folder }));
  if (groups.length === 0 || !present(used) || used === null) throw noController(target, own);
  return {
    id: journal.nextId(),
    target,
    protection,
    cgroup: own.cgroup,
    usedBytes: Number(used),
    steps: protectionSteps(groups, protection, used),
  };
}

function noUnified({ comm, tgid }: FoundTarget): KeelError {
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: `the memory of ${comm} ${tgid} is counted by cgroup v1, which protects none (it has no memory.min)`,
      ko: `${comm} ${tgid}의 메모리는 cgroup v1이 관리하며, v1에는 보호 기능(memory.min)이 없습니다`,
    },
    next: [verbatim(`keel lock ${tgid}`)],
  });
}

function noController({ comm, tgid }: FoundTarget, { cgroup }: CgroupFolder): KeelError {
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: `cgroup ${cgroup} of ${comm} ${tgid} has no memory controller, so there is nothing to protect it by`,
      ko: `${comm} ${tgid}의 cgroup ${cgroup}에는 메모리 컨트롤러가 없어 보호할 수 없습니다`,
    },
    next: [
      {
        en: `In its unit: MemoryAccounting=yes      Without cgroups: keel lock ${tgid}`,
        ko: `유닛에: MemoryAccounting=yes      cgroup 없이: keel lock ${tgid}`,
      },
    ],
  });
}
