/** Readings for tests: a plain task, with what the test is about put over it. */
import { bootNs } from '../../base/ids.ts';
import type { Maybe } from '../../base/missing.ts';
import { missing } from '../../base/missing.ts';
import type { TaskSched } from '../../kernel/task/sched.ts';
import type { TaskSchedstat } from '../../kernel/task/schedstat.ts';
import type { TaskStat } from '../../kernel/task/stat.ts';
import type { MachineReading, ProcessReading, Snapshot, ThreadReading } from '../snapshot.ts';

export function taskStat(over: Partial<TaskStat> = {}): TaskStat {
  return {
    id: 100,
    comm: 'arena',
    state: 'S',
    parent: 1,
    flags: 0,
    isKernelThread: false,
    minorFaults: 0n,
    majorFaults: 0n,
    childMinorFaults: 0n,
    childMajorFaults: 0n,
    userNs: 0n,
    systemNs: 0n,
    nice: 0,
    threads: 1,
    startNs: bootNs(1_000_000_000n),
    startTicks: 100n,
    virtualBytes: 0n,
    rssBytes: 4096n,
    cpu: 0,
    realtimePriority: 0,
    policy: 0,
    ...over,
  };
}

export interface ThreadParts extends Partial<TaskStat> {
  readonly runTimeNs?: bigint;
  readonly runDelayNs?: bigint;
  readonly migrations?: bigint | null;
  readonly voluntarySwitches?: bigint;
  readonly involuntarySwitches?: bigint;
  readonly schedstat?: Maybe<TaskSchedstat>;
  readonly sched?: Maybe<TaskSched>;
}

export function threadReading(tgid: number, tid: number, parts: ThreadParts = {}): ThreadReading {
  const { runTimeNs, runDelayNs, migrations, voluntarySwitches, involuntarySwitches, ...stat } = parts;
  return {
    tgid,
    tid,
    stat: taskStat({ ...stat, id: tid }),
    schedstat: parts.schedstat ?? {
      runTimeNs: runTimeNs ?? 0n,
      runDelayNs: runDelayNs ?? 0n,
      timeslices: 0n,
    },
    sched: parts.sched ?? {
      migrations: migrations === undefined ? 0n : migrations,
      voluntarySwitches: voluntarySwitches ?? 0n,
      involuntarySwitches: involuntarySwitches ?? 0n,
      sliceNs: null,
    },
  };
}

export function processReading(
  tgid: number,
  threads: readonly ThreadReading[],
  stat: Partial<TaskStat> = {},
): ProcessReading {
  return { tgid, threads, stat: taskStat({ threads: threads.length, ...stat, id: tgid }) };
}

const NOT_READ = missing('not-captured', 'test');

export const NO_MACHINE: MachineReading = {
  stat: NOT_READ,
  vmstat: NOT_READ,
  pressure: { cpu: NOT_READ, memory: NOT_READ, io: NOT_READ },
};

export function snapshot(
  monotonicNs: bigint,
  processes: readonly ProcessReading[],
  machine: Partial<MachineReading> = {},
): Snapshot {
  return {
    monotonicNs,
    processes: new Map(processes.map((one) => [one.tgid, one])),
    machine: { ...NO_MACHINE, ...machine },
  };
}
