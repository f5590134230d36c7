/** What a machine lets this user do: the readings and trials that the abilities of `keel doctor` are judged by. */

import type { Maybe } from '../base/missing.ts';
import type { SwapUse } from './swap-use.ts';

/** Bits of CAP_* that evenkeel has a use for; include/uapi/linux/capability.h. */
export const CAPABILITY_BITS = {
  CAP_IPC_LOCK: 14,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_NICE: 23,
  CAP_SYS_RESOURCE: 24,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

export type CapabilityName = keyof typeof CAPABILITY_BITS;

/** A trial on the running machine: what came of it, or why it failed. */
export interface Trials {
  /** perf events of an own process, in user mode. */
  readonly perfOwn: Maybe<true>;
  /** perf events of every task, in kernel mode too. */
  readonly perfMachine: Maybe<true>;
  /** A cycle counter of the CPU. */
  readonly perfHardware: Maybe<true>;
  /** A BPF program that reads every task. */
  readonly bpf: Maybe<true>;
}

export interface InterruptMobility {
  /** Device interrupts that are in use. */
  readonly interrupts: number;
  /** Devices whose interrupts stay where their driver put them. */
  readonly fixed: readonly string[];
}

export interface Capabilities {
  readonly release: string | null;
  readonly arch: string | null;
  /** Major and minor number of the kernel. */
  readonly version: readonly [number, number] | null;
  /** Of the user who asks; missing for a capture. */
  readonly uid: Maybe<number>;
  readonly held: Maybe<ReadonlySet<CapabilityName>>;
  readonly seccompMode: Maybe<number | null>;
  readonly isInitialNamespace: Maybe<boolean>;
  readonly lockdown: Maybe<string>;
  readonly perfParanoia: Maybe<number>;
  readonly unprivilegedBpf: Maybe<number>;
  readonly ptraceScope: Maybe<number>;
  readonly btf: Maybe<readonly string[]>;
  readonly tracepoints: Maybe<readonly string[]>;
  readonly counterUnits: Maybe<readonly string[]>;
  /** The unit that samples single memory accesses with where they were served; null for none. */
  readonly accessSampling: Maybe<string | null>;
  readonly interruptMobility: Maybe<InterruptMobility>;
  /** Versions of the cgroup hierarchies that are mounted, and the controllers of v1. */
  readonly cgroups: Maybe<{ readonly versions: readonly (1 | 2)[]; readonly controllers: readonly string[] }>;
  /** NUMA nodes that are online. */
  readonly nodes: Maybe<number>;
  readonly numaBalancing: Maybe<number>;
  readonly swaps: Maybe<readonly SwapUse[]>;
  readonly lockedLimit: Maybe<{ readonly softBytes: bigint | null; readonly hardBytes: bigint | null }>;
  /** Exact moves and switches of an own thread; the time slice with EEVDF, else null. */
  readonly sched: Maybe<{ readonly migrations: bigint | null; readonly sliceNs: bigint | null }>;
  readonly schedstat: Maybe<true>;
  readonly pressure: Maybe<true>;
  readonly trials: Trials;
}

export function heldCapabilities(bits: bigint): ReadonlySet<CapabilityName> {
  const names = Object.keys(CAPABILITY_BITS) as CapabilityName[];
  return new Set(names.filter((name) => ((bits >> BigInt(CAPABILITY_BITS[name])) & 1n) === 1n));
}
