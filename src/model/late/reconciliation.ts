/** Our sums beside the kernel's own counters over the same time: what shows that nothing was missed. */
import { isMissing, type Maybe } from '../../base/missing.ts';

export const IDENTITIES = [
  /** Time on queues = run_delay of /proc/PID/task/TID/schedstat. Short wake-ups the kernel books as run time. */
  'run-delay',
  /** Time on queues and on CPUs = run_delay + run time. */
  'run-delay-and-run-time',
  /** Time stopped by a quota, per CPU = throttled time of cpu.stat; of all processes of the group. */
  'throttled-time',
  /** Growth of steal on the CPUs watched = steal of /proc/stat, in steps of 10 ms. */
  'steal',
] as const;
export type IdentityName = (typeof IDENTITIES)[number];

export interface Identity {
  readonly identity: IdentityName;
  readonly oursNs: number;
  readonly kernelNs: Maybe<number>;
}

export const COUNTS = [
  /** Records of switches of the target's threads = voluntary and involuntary switches of /proc/PID/task/TID/status. */
  'switches',
  /** Completions = minor and major faults of /proc/PID/stat; faults of populate and mlock are in the kernel's only. */
  'minor-faults',
  'major-faults',
] as const;

export interface CountIdentity {
  readonly count: (typeof COUNTS)[number];
  readonly ours: number;
  readonly kernel: Maybe<number>;
}

/** What the kernel tells of one thread since it was born. */
export interface ThreadReading {
  readonly tid: number;
  readonly runDelayNs: Maybe<bigint>;
  readonly runTimeNs: Maybe<bigint>;
  readonly switches: Maybe<bigint>;
}

/** The growth of a counter summed over the threads that were there at both readings; missing where one is. */
export function grownBetween(
  before: ReadonlyMap<number, ThreadReading>,
  after: ReadonlyMap<number, ThreadReading>,
  of: (reading: ThreadReading) => Maybe<bigint>,
): Maybe<number> {
  let sum = 0;
  for (const [tid, reading] of before) {
    const later = after.get(tid);
    if (later === undefined) continue;
    const [from, to] = [of(reading), of(later)];
    if (isMissing(from)) return from;
    if (isMissing(to)) return to;
    sum += Number(to - from);
  }
  return sum;
}

/** How far ours is from the kernel's, in per cent of the kernel's; null where the kernel counts nothing. */
export function differencePct(ours: number, kernel: number): number | null {
  return kernel === 0 ? null : (100 * (ours - kernel)) / kernel;
}
