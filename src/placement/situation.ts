/**
 * What a strategy sees: one process and the machine around it, as they were in a measured window. Plain data, made by
 * app/read-situation.ts; what could not be read is Missing.
 */
import type { CpuSet } from '../base/cpu-set.ts';
import type { Maybe } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Topology } from '../model/topology.ts';
import type { ThreadRole, WorkloadClass } from '../model/workload.ts';

export interface Situation {
  readonly target: TargetProcess;
  readonly topology: Topology;
  /**
   * What its threads could be given: online CPUs inside its cpuset. Isolated CPUs are among them only where it is
   * allowed nothing else, because the kernel does not balance threads there.
   */
  readonly usable: CpuSet;
  /** How long was measured. */
  readonly windowNs: number;
  /** By CPU. */
  readonly load: Maybe<ReadonlyMap<number, CpuLoad>>;
  /** Other processes that ran, the one with most run time first. keel is not among them. */
  readonly others: readonly OtherProcess[];
  /** What `why` found of this process, the heaviest first. */
  readonly causes: readonly MeasuredCause[];
  /** The quota that stopped its cgroup most; null where there is none. */
  readonly quota: Maybe<QuotaState | null>;
  readonly settings: MachineSettings;
}

export interface TargetProcess {
  readonly tgid: number;
  readonly comm: string;
  /** The path of the program. */
  readonly executable: Maybe<string>;
  readonly unit: string | null;
  readonly cgroup: Maybe<string>;
  readonly group: Maybe<SchedulingGroup>;
  readonly threads: readonly TargetThread[];
  readonly workload: WorkloadClass | 'unknown';
  readonly rssBytes: Maybe<number>;
  /** Resident bytes by NUMA node. */
  readonly byNode: Maybe<ReadonlyMap<number, number>>;
  /** The online CPUs inside of its cpuset, isolated ones too; absent where they are not known. */
  readonly cpusetCpus?: CpuSet;
  /** Where its cgroup lets it have memory; null: everywhere. */
  readonly memoryNodes: Maybe<CpuSet | null>;
  readonly children: readonly ChildProcess[];
}

/** Shares are of the window and of one CPU, 0 to 100. */
export interface TargetThread {
  readonly tid: number;
  readonly comm: string;
  readonly role: ThreadRole;
  readonly runPct: Maybe<number>;
  /** Ready to run, and waiting. */
  readonly runDelayPct: Maybe<number>;
  readonly migrationsPerSec: Maybe<number>;
  /** Times it went to sleep of its own accord, and so was woken. */
  readonly wakeUpsPerSec: Maybe<number>;
  /** Of a thread that wakes at a steady rate. */
  readonly tickHz: number | null;
  readonly affinity: Maybe<CpuSet>;
  readonly lastCpu: number;
  readonly policy: string;
  readonly nice: number;
  /** What the scheduler gives it at a stretch; missing before Linux 6.12. */
  readonly sliceNs: Maybe<number>;
}

/**
 * Tasks of one group share the CPU by their own weights; two groups share it by the weights of the groups. The groups
 * are the cgroups of the cpu controller and, among the tasks of its root, sessions (autogroups).
 */
export interface SchedulingGroup {
  /** The path in the hierarchy of the cpu controller: "/" where that divides nothing. */
  readonly cgroup: string;
  /** Such as "autogroup-143"; null in other cgroups than the root, and where autogroups are off. */
  readonly autogroup: string | null;
  /** Of the session as a whole, -20 to 19; absent without one. */
  readonly nice?: number;
  /** What the cgroup gets beside its siblings, as the file of that version counts; absent where it is not known. */
  readonly weight?: GroupWeight;
}

export interface GroupWeight {
  readonly version: 1 | 2;
  readonly value: number;
}

export interface ChildProcess {
  readonly tgid: number;
  readonly comm: string;
  readonly runPct: Maybe<number>;
}

/** Shares of the window in which the CPU was used, 0 to 100. */
export interface CpuLoad {
  readonly targetPct: number;
  /** By all other tasks. */
  readonly othersPct: number;
  /** Hard and soft interrupts. */
  readonly interruptPct: number;
  readonly stealPct: number;
  /** Of devices; the timer and its like are on every CPU. */
  readonly interruptsPerSec: Maybe<number>;
}

export interface OtherProcess {
  readonly tgid: number;
  readonly comm: string;
  readonly unit: string | null;
  readonly cgroup: Maybe<string>;
  readonly group: Maybe<SchedulingGroup>;
  readonly isKernelThread: boolean;
  /** Of one CPU: may pass 100. */
  readonly runPct: number;
  /** Of one CPU, by the CPU its threads were seen on. */
  readonly byCpuPct: ReadonlyMap<number, number>;
  readonly policy: string;
  /** Of its main thread, -20 to 19; absent where it is not known. */
  readonly nice?: number;
}

export interface MeasuredCause {
  /** The id of the rule that found it. */
  readonly rule: string;
  /** Its letter on every screen. */
  readonly mark: string;
  readonly summary: Sentence;
  /** Of the window, 0 to 100. */
  readonly sharePct: number;
  /** An upper bound. */
  readonly isEstimate: boolean;
  /** It is about the machine, not about this process. */
  readonly isMachineWide: boolean;
}

export interface QuotaState {
  readonly cgroup: string;
  /** CPU time in CPUs. */
  readonly cpus: number;
  /** Of the periods in which it wanted to run, those in which it was stopped; 0 to 100. */
  readonly stoppedPct: Maybe<number>;
  /** Summed over CPUs. */
  readonly throttledNs: Maybe<number>;
}

export interface MachineSettings {
  /** Automatic NUMA balancing: 0 off, 1 on, 2 memory tiering, 3 both. */
  readonly numaBalancing: Maybe<number>;
  /** Nanoseconds for which a task counts as cache-hot. */
  readonly migrationCostNs: Maybe<number>;
  readonly release: string | null;
}
