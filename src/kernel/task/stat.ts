/** /proc/PID/stat and /proc/PID/task/TID/stat: identity, scheduling, and fault counters of a process or a thread. */
import { FormatError } from '../../base/errors.ts';
import { type BootNs, bootNs } from '../../base/ids.ts';
import { ticksToNs } from '../../base/units.ts';
import { type Facts, need } from '../../host/facts.ts';
import { recordReader } from '../../host/reader.ts';
import { bigNumber, wholeNumber } from '../lines.ts';

export interface TaskStat {
  readonly id: number;
  /** At most 15 bytes, chosen by the task itself: may hold anything, line breaks and escape codes too. */
  readonly comm: string;
  /** One letter: R running or runnable, S sleeping, D uninterruptible, T stopped, Z zombie, ... */
  readonly state: string;
  readonly parent: number;
  /** PF_* bits of include/linux/sched.h. */
  readonly flags: number;
  /** A thread of the kernel (PF_KTHREAD). */
  readonly isKernelThread: boolean;
  readonly minorFaults: bigint;
  readonly majorFaults: bigint;
  /** Of children that were waited for. */
  readonly childMinorFaults: bigint;
  readonly childMajorFaults: bigint;
  /** Granularity is the clock tick; schedstat has the exact sum. */
  readonly userNs: bigint;
  readonly systemNs: bigint;
  readonly nice: number;
  readonly threads: number;
  /** After boot; with the id, the identity of the task. */
  readonly startNs: BootNs;
  readonly startTicks: bigint;
  readonly virtualBytes: bigint;
  /** null where the page size of the machine is not known. */
  readonly rssBytes: bigint | null;
  /** The CPU it ran on last. */
  readonly cpu: number;
  /** 0 for policies without real-time priority. */
  readonly realtimePriority: number;
  /** SCHED_*: 0 other, 1 fifo, 2 rr, 3 batch, 5 idle, 6 deadline, 7 ext. */
  readonly policy: number;
}

/** PF_KTHREAD: a thread of the kernel. */
export const PF_KTHREAD = 0x0020_0000;
/** PF_NO_SETAFFINITY: user space may not change where it runs. */
export const PF_NO_SETAFFINITY = 0x0400_0000;

/**
 * The name may hold blanks and parentheses, so fields are counted from the last closing one.
 * @throws FormatError where a field is missing or no number
 */
export function parseTaskStat(text: string, facts: Facts): TaskStat {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) throw new FormatError('a task name in parentheses', text);
  // fields[0] is field 3 of proc_pid_stat(5).
  const fields = text
    .slice(close + 1)
    .trim()
    .split(' ');
  const field = (number: number): string | undefined => fields[number - 3];
  const ticks = need(facts, 'ticksPerSec');
  const startTicks = bigNumber(field(22));
  const flags = wholeNumber(field(9));
  return {
    id: wholeNumber(text.slice(0, open)),
    comm: text.slice(open + 1, close),
    state: field(3) ?? '',
    parent: wholeNumber(field(4)),
    flags,
    isKernelThread: (flags & PF_KTHREAD) !== 0,
    minorFaults: bigNumber(field(10)),
    childMinorFaults: bigNumber(field(11)),
    majorFaults: bigNumber(field(12)),
    childMajorFaults: bigNumber(field(13)),
    userNs: ticksToNs(bigNumber(field(14)), ticks),
    systemNs: ticksToNs(bigNumber(field(15)), ticks),
    nice: wholeNumber(field(19)),
    threads: wholeNumber(field(20)),
    startNs: bootNs(ticksToNs(startTicks, ticks)),
    startTicks,
    virtualBytes: bigNumber(field(23)),
    rssBytes: facts.pageBytes === null ? null : bigNumber(field(24)) * BigInt(facts.pageBytes),
    cpu: wholeNumber(field(39)),
    realtimePriority: wholeNumber(field(40)),
    policy: wholeNumber(field(41)),
  };
}

/** Where its code, stack and arguments lie: addresses, which a capture does not keep. */
const ADDRESS_FIELDS = [26, 27, 28, 29, 30, 35, 45, 46, 47, 48, 49, 50, 51];

/** The same text with zeros for addresses. */
export function scrubTaskStat(text: string): string {
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 1).split(' ');
  // fields[0] is the empty text between the parenthesis and field 3.
  return (
    text.slice(0, close + 1) +
    fields.map((field, i) => (ADDRESS_FIELDS.includes(i + 2) && field !== '' ? '0' : field)).join(' ')
  );
}

/** Sums of the thread group, dead threads included; the CPU is the main thread's. */
export const processStat = recordReader({
  path: '/proc/{pid}/stat',
  doc: 'man 5 proc_pid_stat',
  capture: 'task',
  scrub: scrubTaskStat,
  parse: parseTaskStat,
});

export const threadStat = recordReader({
  path: '/proc/{pid}/task/{tid}/stat',
  doc: 'man 5 proc_pid_stat',
  capture: 'task',
  scrub: scrubTaskStat,
  parse: parseTaskStat,
});
