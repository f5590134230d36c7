/** What the kernel said of CPUs and nodes, as read, before anything is concluded from it. */
import type { CpuSet } from '../base/cpu-set.ts';
import type { Maybe } from '../base/missing.ts';
import type { CacheType } from '../kernel/cpu/cache.ts';
import type { CpuState } from '../kernel/cpu/lists.ts';
import type { NodeMemory } from '../kernel/node/node.ts';
import type { Allowed } from '../kernel/proc/allowed.ts';
import type { CpuInfo } from '../kernel/proc/cpuinfo.ts';
import type { MachineMemory } from '../kernel/proc/meminfo.ts';

/** Groups of CPUs from the smallest to the largest; books and drawers are of s390. */
export const GROUP_KINDS = ['core', 'cluster', 'die', 'package', 'book', 'drawer'] as const;
export type GroupKind = (typeof GROUP_KINDS)[number];

export interface CacheReading {
  readonly level: Maybe<number>;
  readonly type: Maybe<CacheType>;
  readonly id: Maybe<number>;
  /** 0 where the firmware does not tell. */
  readonly sizeBytes: Maybe<number>;
  readonly lineBytes: Maybe<number>;
  /** Empty on some old kernels; missing where no file says who shares it. */
  readonly cpus: Maybe<CpuSet>;
}

export interface CpuReading {
  readonly cpu: number;
  /** What cpuN/online says; absent for CPUs that cannot be taken offline. */
  readonly online: Maybe<boolean>;
  readonly hasTopology: boolean;
  /** The nodes linked in its folder. */
  readonly nodes: readonly number[];
  /** As the kernel numbers them: they repeat, and -1 means none. */
  readonly ids: Readonly<Record<GroupKind, Maybe<number>>>;
  readonly siblings: Readonly<Record<GroupKind, Maybe<CpuSet>>>;
  readonly caches: readonly CacheReading[];
  readonly capacity: Maybe<number>;
  readonly frequency: {
    readonly baseHz: Maybe<number>;
    readonly minHz: Maybe<number>;
    readonly maxHz: Maybe<number>;
    readonly currentHz: Maybe<number>;
    readonly governor: Maybe<string>;
  };
}

export interface NodeReading {
  readonly node: number;
  readonly cpus: Maybe<CpuSet>;
  readonly memory: Maybe<NodeMemory>;
  /** One column per online node, in their order. */
  readonly distances: Maybe<readonly number[]>;
  readonly access: readonly AccessReading[];
}

/** How fast the memory of a node is for its nearest initiators (ACPI HMAT). */
export interface AccessReading {
  /** 0 counts every initiator, 1 only CPUs. */
  readonly accessClass: number;
  readonly initiators: CpuSet;
  readonly readLatencyNs: Maybe<number>;
  readonly writeLatencyNs: Maybe<number>;
  readonly readMbPerSec: Maybe<number>;
  readonly writeMbPerSec: Maybe<number>;
}

export interface TopologyReadings {
  readonly states: Readonly<Record<CpuState, Maybe<CpuSet>>>;
  /** The CPUs that have a folder. */
  readonly folders: Maybe<readonly number[]>;
  readonly cpus: readonly CpuReading[];
  readonly nodesOnline: Maybe<CpuSet>;
  readonly nodes: readonly NodeReading[];
  readonly memoryTiers: readonly { readonly tier: number; readonly nodes: Maybe<CpuSet> }[];
  /** Performance, efficiency and low-power cores of hybrid x86 machines, by their counter units. */
  readonly counterUnits: Readonly<Record<'cpu_core' | 'cpu_atom' | 'cpu_lowpower', Maybe<CpuSet>>>;
  readonly info: Maybe<CpuInfo>;
  readonly memory: Maybe<MachineMemory>;
  readonly allowed: Maybe<Allowed>;
}
