/** One raw reading of the tasks and of the machine. Rates come from two of them; see interval.ts. */
import type { Maybe } from '../base/missing.ts';
import type { Pressure } from '../kernel/proc/pressure.ts';
import type { MachineStat } from '../kernel/proc/stat.ts';
import type { TaskSched } from '../kernel/task/sched.ts';
import type { TaskSchedstat } from '../kernel/task/schedstat.ts';
import type { TaskStat } from '../kernel/task/stat.ts';

/** A thread. Its identity is the id together with the start time, because ids are reused. */
export interface ThreadReading {
  readonly tgid: number;
  readonly tid: number;
  readonly stat: TaskStat;
  readonly schedstat: Maybe<TaskSchedstat>;
  readonly sched: Maybe<TaskSched>;
}

/** A process: what the kernel counts for the thread group, and its threads. */
export interface ProcessReading {
  readonly tgid: number;
  /** Sums of the group, dead threads included. */
  readonly stat: TaskStat;
  readonly threads: readonly ThreadReading[];
}

export interface MachineReading {
  readonly stat: Maybe<MachineStat>;
  readonly vmstat: Maybe<ReadonlyMap<string, bigint>>;
  readonly pressure: {
    readonly cpu: Maybe<Pressure>;
    readonly memory: Maybe<Pressure>;
    readonly io: Maybe<Pressure>;
  };
}

export interface Snapshot {
  /** CLOCK_MONOTONIC when the reading began. */
  readonly monotonicNs: bigint;
  readonly processes: ReadonlyMap<number, ProcessReading>;
  readonly machine: MachineReading;
}

/** The identity of a task as one map key. */
export function taskKey(stat: TaskStat): string {
  return `${stat.id}@${stat.startTicks}`;
}
