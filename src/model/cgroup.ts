/** Where a process stands in the cgroups, and what they allow it. Version 1, version 2 and both together (hybrid). */
import type { CpuSet } from '../base/cpu-set.ts';
import type { Maybe } from '../base/missing.ts';
import type { CpuThrottling } from '../kernel/cgroup/cpu.ts';
import type { CgroupMembership } from '../kernel/task/cgroup.ts';
import type { CgroupMount } from '../kernel/task/mountinfo.ts';

export type Controller = 'cpu' | 'cpuset' | 'memory';

/** A quota of one cgroup on the way from the process to the root. */
export interface CpuQuota {
  /** The cgroup that sets it, as its hierarchy names it. */
  readonly cgroup: string;
  /** How many CPUs' time the group may use: quota / period. */
  readonly cpus: number;
  readonly quotaNs: number;
  readonly periodNs: number;
  readonly throttling: Maybe<CpuThrottling>;
}

/** What the cpuset controller allows. */
export interface Cpuset {
  readonly cgroup: string;
  readonly cpus: CpuSet;
  readonly memoryNodes: Maybe<CpuSet>;
  /** v2 only: "member", "root" or "isolated"; null elsewhere. */
  readonly partition: string | null;
}

export interface MemoryLimit {
  readonly cgroup: string;
  readonly limitBytes: bigint;
  /** What the group uses now. */
  readonly usedBytes: Maybe<bigint>;
}

export interface CgroupReading {
  /** For people: the path in the tree that systemd uses, else in the unified one, else in the first hierarchy. */
  readonly path: string;
  readonly unit: string | null;
  /** null where no cpuset controller is in use: all CPUs are allowed. */
  readonly cpuset: Maybe<Cpuset | null>;
  /** From the process to the root; each of them applies. Empty: no quota. */
  readonly quotas: Maybe<readonly CpuQuota[]>;
  /** The tightest; null where there is none. */
  readonly memoryLimit: Maybe<MemoryLimit | null>;
  /** The groups that could limit its memory, the innermost first. */
  readonly memoryFolders: Maybe<readonly CgroupFolder[]>;
}

/** A cgroup as a folder that can be read here. */
export interface CgroupFolder {
  readonly version: 1 | 2;
  /** The path in its hierarchy. */
  readonly cgroup: string;
  readonly folder: string;
}

/** The membership that decides about a controller: the v1 hierarchy that has it, else the unified one. */
export function membershipFor(
  controller: Controller,
  memberships: readonly CgroupMembership[],
): CgroupMembership | undefined {
  return (
    memberships.find((one) => one.controllers.includes(controller)) ??
    memberships.find((one) => one.hierarchy === 0)
  );
}

/** The path to show for a process. */
export function shownPath(memberships: readonly CgroupMembership[]): string {
  const shown =
    memberships.find((one) => one.controllers.includes('name=systemd') && one.path !== '/') ??
    memberships.find((one) => one.hierarchy === 0 && one.path !== '/') ??
    memberships.find((one) => one.path !== '/');
  return shown?.path ?? '/';
}

/**
 * The folders of a cgroup and of its ancestors, the innermost first, as far as they are mounted here. Empty where the
 * hierarchy is not mounted, or the process is outside of what this container sees.
 */
export function foldersUpward(
  membership: CgroupMembership,
  mounts: readonly CgroupMount[],
): readonly CgroupFolder[] {
  const candidates = mounts
    .filter((mount) => isMountOf(mount, membership) && below(membership.path, mount.root) !== null)
    .sort((a, b) => a.root.length - b.root.length);
  const [mount] = candidates;
  const inside = mount === undefined ? null : below(membership.path, mount.root);
  if (mount === undefined || inside === null) return [];
  const parts = inside.split('/').filter((part) => part !== '');
  return Array.from({ length: parts.length + 1 }, (_, up) => {
    const rest = parts
      .slice(0, parts.length - up)
      .map((part) => `/${part}`)
      .join('');
    const base = mount.root === '/' ? '' : mount.root;
    return { version: mount.version, cgroup: `${base}${rest}` || '/', folder: `${mount.mountPoint}${rest}` };
  });
}

function isMountOf(mount: CgroupMount, membership: CgroupMembership): boolean {
  if (membership.hierarchy === 0) return mount.version === 2;
  return mount.version === 1 && membership.controllers.some((name) => mount.controllers.includes(name));
}

/** The rest of a path below a root, or null where it is not below. A path such as "/../x" is outside of "/". */
function below(path: string, root: string): string | null {
  if (root !== '/') return path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : null;
  return path === '/..' || path.startsWith('/../') ? null : path;
}

/**
 * The folder of a cgroup in the hierarchy that carries perf events: the v1 one where it is mounted, else v2.
 * @param path as people name it: below the root of the hierarchy, or the folder itself
 * @returns null where neither is mounted
 */
export function perfFolder(path: string, mounts: readonly CgroupMount[]): string | null {
  const mount =
    mounts.find((one) => one.controllers.includes('perf_event')) ?? mounts.find((one) => one.version === 2);
  if (mount === undefined) return null;
  if (path === mount.mountPoint || path.startsWith(`${mount.mountPoint}/`)) return path;
  const inside = path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return [mount.mountPoint, ...inside].join('/');
}

/** The cgroup of a process in the hierarchy that carries perf events; "/" where none does. */
export function perfCgroup(memberships: readonly CgroupMembership[]): string {
  const carries =
    memberships.find((one) => one.controllers.includes('perf_event')) ??
    memberships.find((one) => one.hierarchy === 0);
  return carries?.path ?? '/';
}

/** Of `others`, the closest ancestor of a cgroup; null where there is none. */
export function nearestAbove(path: string, others: readonly string[]): string | null {
  const above = others.filter((other) => other !== path && (other === '/' || path.startsWith(`${other}/`)));
  return above.reduce<string | null>(
    (best, one) => (best === null || one.length > best.length ? one : best),
    null,
  );
}

/**
 * The mount of the hierarchy that has a controller: the v1 one where there is one, else v2; of several mounts the one
 * that shows most. null where none is mounted.
 */
export function controllerMount(controller: Controller, mounts: readonly CgroupMount[]): CgroupMount | null {
  const legacy = mounts.filter((one) => one.controllers.includes(controller));
  const all = legacy.length > 0 ? legacy : mounts.filter((one) => one.version === 2);
  return all.toSorted((a, b) => a.root.length - b.root.length)[0] ?? null;
}

/** A cgroup as seen from a mount: "/" is what is mounted. null where it is outside. */
export function cgroupBelow(path: string, root: string): string | null {
  const inside = below(path, root);
  return inside === '' ? '/' : inside;
}

/** The quota that bites first; null where there is none. */
export function tightestQuota(quotas: readonly CpuQuota[]): CpuQuota | null {
  return quotas.reduce<CpuQuota | null>(
    (best, one) => (best === null || one.cpus < best.cpus ? one : best),
    null,
  );
}
