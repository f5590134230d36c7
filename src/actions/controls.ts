/**
 * What actions can turn on a machine, and what they must know for it: the only way they reach the kernel. The running
 * machine is behind `app/native-controls.ts`; `testing/simulated-machine.ts` is one in memory.
 */
import type { MachineControls } from './machine-controls.ts';
import type { MemoryPolicy } from './settings/memory-policy.ts';
import type { Scheduling } from './settings/scheduling.ts';

/** A process: its id together with the start time in clock ticks after boot, because ids are reused. */
export interface ProcessId {
  readonly tgid: number;
  readonly startTicks: bigint;
}

/** A thread, identified the same way. */
export interface ThreadId {
  readonly tid: number;
  readonly startTicks: bigint;
}

export interface LiveThread extends ThreadId {
  readonly comm: string;
  /** PF_NO_SETAFFINITY: a kernel thread that belongs to its CPU. */
  readonly isFixed: boolean;
  /** Neither on a CPU nor waiting for one nor inside of the kernel: it is not in the middle of a clone. */
  readonly isAsleep: boolean;
}

/** Every call throws `Refused`; a thread that has ended, or whose id is another's by now, is `gone`. */
export interface Controls {
  readonly machine: MachineControls;
  /** The ids of the threads now, ascending; empty where the process has ended. Cheap, for comparisons. */
  tids(process: ProcessId): readonly number[];
  /** The threads now, ascending by id; null where the process has ended or its id is another's. */
  threads(process: ProcessId): readonly LiveThread[] | null;
  isAlive(process: ProcessId): boolean;
  /** Time on a CPU since the thread began; of one that has ended, or where it is not known, anything large. */
  runTimeNs(process: ProcessId, thread: ThreadId): bigint;
  /** A cpulist, offline CPUs included. */
  getAffinity(process: ProcessId, thread: ThreadId): string;
  setAffinity(process: ProcessId, thread: ThreadId, cpus: string): void;
  /**
   * As `setAffinity`, for a mask that was there before. A thread that might run wherever its cpuset lets it is set free
   * again, so that it follows the cpuset when that grows: since Linux 6.2 the kernel remembers what was asked for.
   */
  restoreAffinity(process: ProcessId, thread: ThreadId, cpus: string): void;
  getScheduling(process: ProcessId, thread: ThreadId): Scheduling;
  setScheduling(process: ProcessId, thread: ThreadId, scheduling: Scheduling): void;
  /** Stops the thread for a moment. */
  getMemoryPolicy(process: ProcessId, thread: ThreadId): MemoryPolicy;
  /** Stops the thread for a moment. */
  setMemoryPolicy(process: ProcessId, thread: ThreadId, policy: MemoryPolicy): void;
  /** Moves the pages of a process from the nodes of one list to those of another, as far as they can be moved. */
  migratePages(process: ProcessId, from: string, to: string): void;
  /** Lets other tasks run: between two walks over the threads. */
  pause(): void;
}

/** One key for a task and its start. */
export function threadKey(thread: ThreadId): string {
  return `${thread.tid}@${thread.startTicks}`;
}
