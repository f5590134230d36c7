/** What the kernel's own reports make of the raw fields of a task, so that ours say the same. */

/** PF_KTHREAD: a thread of the kernel. */
export const PF_KTHREAD = 0x0020_0000;

/** TASK_REPORT of include/linux/sched.h: the states that have a letter. */
const REPORTED = 0x7f;
const LETTERS = 'RSDTtXZP';
/** TASK_UNINTERRUPTIBLE | TASK_NOLOAD: a kernel thread with nothing to do. */
const IDLE = 0x402;
/** TASK_RTLOCK_WAIT | TASK_FROZEN: shown as an uninterruptible sleep. */
const SHOWN_AS_D = 0x1000 | 0x8000;

/** The letter of /proc/PID/stat (fs/proc/array.c, get_task_state): the highest reported bit decides. */
export function stateLetter(state: number, exitState: number): string {
  if ((state & SHOWN_AS_D) !== 0) return 'D';
  if ((state & IDLE) === IDLE) return 'I';
  return LETTERS.charAt(32 - Math.clz32((state | exitState) & REPORTED));
}

export interface CpuTimeSplit {
  readonly userNs: bigint;
  readonly systemNs: bigint;
}

/**
 * The exact run time, split in the proportion that clock ticks were counted in, and never less than reported before:
 * cputime_adjust() of kernel/sched/cputime.c.
 * @param from `ticks` are utime and stime, `previous` is prev_cputime: what /proc last said
 */
export function splitRunTime(
  runTimeNs: bigint,
  from: { readonly ticks: CpuTimeSplit; readonly previous: CpuTimeSplit },
): CpuTimeSplit {
  const { ticks, previous } = from;
  if (previous.userNs + previous.systemNs >= runTimeNs) return previous;
  let systemNs = systemShare(runTimeNs, ticks);
  if (systemNs < previous.systemNs) systemNs = previous.systemNs;
  if (runTimeNs - systemNs < previous.userNs) systemNs = runTimeNs - previous.userNs;
  return { userNs: runTimeNs - systemNs, systemNs };
}

function systemShare(runTimeNs: bigint, ticks: CpuTimeSplit): bigint {
  if (ticks.systemNs === 0n) return 0n;
  if (ticks.userNs === 0n) return runTimeNs;
  return (ticks.systemNs * runTimeNs) / (ticks.systemNs + ticks.userNs);
}
