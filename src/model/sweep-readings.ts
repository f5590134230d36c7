/** Threads of a sweep as the readings that snapshots are made of, so that both ways to read give the same. */
import { isMissing, type Maybe } from '../base/missing.ts';
import type { TaskSched } from '../kernel/task/sched.ts';
import type { TaskSchedstat } from '../kernel/task/schedstat.ts';
import type { TaskStat } from '../kernel/task/stat.ts';
import type { ThreadReading } from './snapshot.ts';
import type { SweptThread } from './task-sweep.ts';

/**
 * @param process what /proc/PID/stat says: threads share what the sweep does not know of them, as in their own files
 * @returns null where this kernel does not tell the sweep what every thread has in /proc
 */
export function threadReadingOf(thread: SweptThread, process: TaskStat): ThreadReading | null {
  const { tid, tgid, comm, state, flags, policy, nice, realtimePriority, startNs, startTicks } = thread;
  const { minorFaults, majorFaults, userNs, systemNs, cpu } = thread;
  if (isMissing(minorFaults) || isMissing(majorFaults) || isMissing(cpu)) return null;
  if (isMissing(userNs) || isMissing(systemNs)) return null;
  const own = { comm, state, flags, policy, nice, realtimePriority, startNs, startTicks };
  const counted = { minorFaults, majorFaults, userNs, systemNs, cpu };
  return {
    tgid,
    tid,
    stat: { ...process, id: tid, ...own, ...counted },
    schedstat: schedstatOf(thread),
    sched: schedOf(thread),
  };
}

function schedstatOf({ runTimeNs, runDelayNs, timeslices }: SweptThread): Maybe<TaskSchedstat> {
  if (isMissing(runTimeNs)) return runTimeNs;
  if (isMissing(runDelayNs)) return runDelayNs;
  return isMissing(timeslices) ? timeslices : { runTimeNs, runDelayNs, timeslices };
}

function schedOf({ migrations, voluntarySwitches, involuntarySwitches }: SweptThread): Maybe<TaskSched> {
  if (isMissing(migrations)) return migrations;
  if (isMissing(voluntarySwitches)) return voluntarySwitches;
  if (isMissing(involuntarySwitches)) return involuntarySwitches;
  // The slice is asked for where it is shown, of single processes.
  return { migrations, voluntarySwitches, involuntarySwitches, sliceNs: null };
}
