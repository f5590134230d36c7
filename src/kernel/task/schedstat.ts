/** /proc/PID/task/TID/schedstat: exact run time and run delay; there even where CONFIG_SCHEDSTATS is off. */
import { recordReader } from '../../host/reader.ts';
import { bigNumber } from '../lines.ts';

export interface TaskSchedstat {
  /** On a CPU. */
  readonly runTimeNs: bigint;
  /** Runnable and waiting for a CPU. */
  readonly runDelayNs: bigint;
  /** Times it was put on a CPU. */
  readonly timeslices: bigint;
}

export const threadSchedstat = recordReader({
  path: '/proc/{pid}/task/{tid}/schedstat',
  doc: 'Documentation/scheduler/sched-stats.rst',
  capture: 'task',
  parse(text): TaskSchedstat {
    const [run, delay, slices] = text.trim().split(/\s+/);
    return { runTimeNs: bigNumber(run), runDelayNs: bigNumber(delay), timeslices: bigNumber(slices) };
  },
});
