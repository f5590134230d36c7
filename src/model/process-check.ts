/** What `keel check` knows of a process: where its threads may run, how they ran so far, and what limits them. */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe, mapMaybe, present } from '../base/missing.ts';
import type { Limit } from '../kernel/task/limits.ts';
import type { CgroupReading } from './cgroup.ts';

/** One thread. Counters are since its start. */
export interface ThreadCheck {
  readonly tid: number;
  readonly comm: string;
  /** One letter, as in /proc/PID/stat. */
  readonly state: string;
  readonly startNs: bigint;
  /** The CPU it ran on last. */
  readonly lastCpu: number;
  readonly policy: string;
  readonly nice: number;
  /** 1 to 99 for fifo and rr, else 0. */
  readonly realtimePriority: number;
  /** The mask as the kernel holds it, offline CPUs included. */
  readonly affinity: Maybe<CpuSet>;
  /** The CPUs of the mask that are online: what sched_getaffinity(2) and taskset show. */
  readonly allowed: Maybe<CpuSet>;
  readonly migrations: Maybe<bigint>;
  readonly voluntarySwitches: Maybe<bigint>;
  readonly involuntarySwitches: Maybe<bigint>;
  readonly runTimeNs: Maybe<bigint>;
  readonly runDelayNs: Maybe<bigint>;
  readonly minorFaults: bigint;
  readonly majorFaults: bigint;
  /** What the scheduler gives it at a stretch (EEVDF). */
  readonly sliceNs: Maybe<bigint>;
}

export interface ProcessMemory {
  readonly rssBytes: Maybe<number>;
  readonly swapBytes: Maybe<number>;
  /** Locked address space, also pages never touched. */
  readonly lockedBytes: Maybe<number>;
  /** Resident bytes by NUMA node. */
  readonly byNode: Maybe<ReadonlyMap<number, number>>;
}

export interface ProcessCheck {
  readonly tgid: number;
  readonly comm: string;
  readonly state: string;
  readonly parent: number;
  readonly uid: Maybe<number>;
  readonly executable: Maybe<string>;
  readonly startNs: bigint;
  readonly ageNs: Maybe<number>;
  readonly cgroup: Maybe<CgroupReading>;
  /** What its threads could be given: the online CPUs inside its cpuset. */
  readonly usable: Maybe<CpuSet>;
  readonly threads: readonly ThreadCheck[];
  /** Of children that have ended and were waited for. */
  readonly childMinorFaults: bigint;
  readonly childMajorFaults: bigint;
  readonly memory: ProcessMemory;
  /** RLIMIT_MEMLOCK, in bytes. */
  readonly lockedMemoryLimit: Maybe<Limit>;
}

/** What of the machine the threads are compared with. */
export interface CheckedMachine {
  readonly online: Maybe<CpuSet>;
  readonly possible: Maybe<CpuSet>;
  /** Without load balancing (isolcpus). */
  readonly isolated: Maybe<CpuSet>;
  /** Without a regular tick while one task runs (nohz_full). */
  readonly nohzFull: Maybe<CpuSet>;
  /** The CPUs of each NUMA node that is online; empty where there is one node, or none is known. */
  readonly nodes: ReadonlyMap<number, CpuSet>;
  /** The CPUs of the core that a CPU belongs to, for the CPUs that single threads are pinned to. */
  readonly coreOf: ReadonlyMap<number, CpuSet>;
  readonly numaBalancing: Maybe<number>;
  /** Of each period, how much real-time threads may run; null: all of it. */
  readonly realtimeRuntimeUs: Maybe<number | null>;
  readonly realtimePeriodUs: Maybe<number>;
}

/** SCHED_* numbers of include/uapi/linux/sched.h. */
const POLICIES = ['other', 'fifo', 'rr', 'batch', 'iso', 'idle', 'deadline', 'ext'] as const;

export function policyName(policy: number): string {
  return POLICIES[policy] ?? `policy ${policy}`;
}

/** Threads with the same mask, the largest group first, then the lowest CPU. */
export interface AffinityGroup {
  readonly affinity: CpuSet;
  readonly threads: readonly ThreadCheck[];
}

/** Threads whose mask could not be read are in no group. */
export function affinityGroups(threads: readonly ThreadCheck[]): readonly AffinityGroup[] {
  const groups = new Map<string, { affinity: CpuSet; threads: ThreadCheck[] }>();
  for (const thread of threads) {
    if (isMissing(thread.affinity)) continue;
    const key = thread.affinity.toKernelList();
    const group = groups.get(key) ?? { affinity: thread.affinity, threads: [] };
    group.threads.push(thread);
    groups.set(key, group);
  }
  return [...groups.values()].sort(
    (a, b) => b.threads.length - a.threads.length || (a.affinity.first ?? 0) - (b.affinity.first ?? 0),
  );
}

/** All CPUs that any thread may use; empty where none is known. */
export function allowedAnywhere(process: ProcessCheck): CpuSet {
  return process.threads
    .map((thread) => thread.allowed)
    .filter(present)
    .reduce((all, one) => all.union(one), CpuSet.EMPTY);
}

/** Which of the CPUs its threads may use are without load balancing, and which without a regular tick. */
export function specialCpus(
  process: ProcessCheck,
  machine: CheckedMachine,
): { readonly isolated: Maybe<CpuSet>; readonly nohzFull: Maybe<CpuSet> } {
  const cpus = allowedAnywhere(process);
  return {
    isolated: mapMaybe(machine.isolated, (set) => set.intersect(cpus)),
    nohzFull: mapMaybe(machine.nohzFull, (set) => set.intersect(cpus)),
  };
}

/** Whether some thread was given fewer CPUs than it could use. */
export function isPinned(process: ProcessCheck): boolean {
  const { usable } = process;
  if (isMissing(usable)) return false;
  return process.threads.some((thread) => present(thread.allowed) && !usable.isSubsetOf(thread.allowed));
}
