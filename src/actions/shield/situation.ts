/** What a way of shielding CPUs decides from. Pure data, read once; see app/read-shield-situation.ts. */
import type { CpuSet } from '../../base/cpu-set.ts';
import type { ProcessId } from '../controls.ts';

/** A cgroup that says something about CPUs. */
export interface CpusetGroup {
  readonly path: string;
  /** What it asks for itself; empty where it takes what its parent has (v2). */
  readonly asked: CpuSet;
  /** v2: "member", "root", "isolated", or what became of it. */
  readonly partition: string | null;
}

export interface CpusetHierarchy {
  readonly version: 1 | 2;
  /** The root of the machine, not of a container: there the kernel grants partitions. */
  readonly isRoot: boolean;
  /** v2: the root hands the controller down, or could. null: it cannot. */
  readonly controller: 'on' | 'off' | null;
  /** Memory nodes of the root. */
  readonly nodes: CpuSet;
  /** v2: the children of the root. v1: all groups below it, children before their parents. */
  readonly groups: readonly CpusetGroup[];
}

/** A process that gets the CPUs. */
export interface Exception extends ProcessId {
  readonly comm: string;
  /** In the hierarchy of the cpuset controller; "/" where there is none. */
  readonly cgroup: string;
  /** Memory nodes that its cpuset leaves to it. */
  readonly nodes: CpuSet;
}

export interface ShieldSituation {
  /** To be kept free. */
  readonly cpus: CpuSet;
  /** The other online CPUs; never empty. */
  readonly rest: CpuSet;
  readonly kernel: { readonly major: number; readonly minor: number } | null;
  /** null where no cpuset hierarchy is mounted. */
  readonly hierarchy: CpusetHierarchy | null;
  /** Who writes the files of the cgroups besides: systemd, also where it does not answer; null where nobody does. */
  readonly manager: 'systemd' | 'silent-systemd' | null;
  readonly exceptions: readonly Exception[];
  /** The cgroups to make, by the id of the change: "/keel-c-19". */
  readonly group: string;
}
