/**
 * What actions can turn on the machine as a whole, beside its threads: files of the kernel that hold one value, cgroups,
 * and who is in which. The running machine is behind `app/native-machine.ts`; `testing/simulated-system.ts` is one in
 * memory.
 */
import type { CpuSet } from '../base/cpu-set.ts';
import type { ProcessId } from './controls.ts';
import type { MemoryControls } from './memory-controls.ts';
import type { UnitControls } from './unit-controls.ts';

/**
 * The files, by what they decide. CPUs and nodes are cpulists of plain ranges here, whatever the file wants. `at` is the
 * number of an interrupt, `device/queue`, the path of a cgroup, the folder of a
 * cgroup with a memory limit (its hierarchy may be another one), or empty where there is one file.
 */
export type MachineFile =
  | 'irqAffinity'
  | 'irqDefault'
  | 'workqueueCpus'
  | 'packetSteering'
  | 'cpusetCpus'
  | 'cpusetNodes'
  | 'cpusetPartition'
  | 'cpusetController'
  | 'memoryMin'
  | 'memoryLow'
  /** "50000 100000" or "max 100000": µs of CPU time in a period of µs. Of v1 the period is not written. */
  | 'cpuQuota'
  /** v2: 1 to 10000; v1 (shares): 2 to 262144. */
  | 'cpuWeight'
  /** 0 or 1, since Linux 5.15. */
  | 'cpuIdle'
  /** `at` is the name of a session, such as "autogroup-143"; -20 to 19. */
  | 'sessionNice'
  | 'hugePages'
  | 'swappiness'
  | 'legacySwappiness'
  | 'hugePageDefrag'
  | 'groupMemoryMax'
  | 'groupMemoryHigh'
  | 'legacyMemoryMax';

export interface LiveProcess extends ProcessId {
  readonly comm: string;
  readonly parent: number;
  readonly isKernelThread: boolean;
}

/**
 * Every call throws `Refused`; what is not there, or whose id is another's by now, is `gone`. Paths of cgroups are those
 * of the hierarchy that has the cpuset controller, such as "/system.slice"; for quota, weight and idle, of the one with
 * the cpu controller, as /proc/PID/cgroup shows them; of `memoryMin` and `memoryLow`, of version 2.
 */
export interface MachineControls {
  readonly memory: MemoryControls;
  readonly units: UnitControls;
  readFile(file: MachineFile, at: string): string;
  writeFile(file: MachineFile, at: string, value: string): void;
  /** Ascending by id. Processes that end meanwhile are left out. */
  processes(): readonly LiveProcess[];
  hasCgroup(path: string): boolean;
  /** @throws Refused `failed` where it is there already */
  makeCgroup(path: string): void;
  /** @throws Refused `failed` where somebody is inside */
  removeCgroup(path: string): void;
  /** The paths of its children. */
  cgroupsIn(path: string): readonly string[];
  cgroupOf(process: ProcessId): string;
  /** The CPUs that its cpuset leaves to it; null where that is not known. */
  cpusetOf(process: ProcessId): CpuSet | null;
  /** With all its threads. */
  moveProcess(process: ProcessId, path: string): void;
  /** Ids of the processes whose main thread is in it, not in its children. */
  processesIn(path: string): readonly number[];
  /** v1: ids of the threads in it, not in its children, without those of the kernel. */
  threadsIn(path: string): readonly number[];
  /** v1: threads of one process may be in different groups. */
  moveThread(tid: number, path: string): void;
}
