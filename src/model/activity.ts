/** What a thread or a process did, in one form for both: its counters, and the CPUs its run time was on. */
import { isMissing, type Maybe } from '../base/missing.ts';
import type { ProcessInterval, ThreadInterval } from './task-interval.ts';

/** The counters that a thread and a process have in common, in the order in which they are shown. */
export const COUNTERS = [
  'runTimeNs',
  'migrations',
  'voluntarySwitches',
  'involuntarySwitches',
  'runDelayNs',
  'minorFaults',
  'majorFaults',
] as const;

export type CounterName = (typeof COUNTERS)[number];
export type Counters = Readonly<Record<CounterName, Maybe<number>>>;

export interface CpuShare {
  readonly cpu: number;
  readonly runTimeNs: number;
  /** The part of threads that did not move in their interval: certain. The rest is given to the CPU seen last. */
  readonly exactNs: number;
}

export interface Activity extends Counters {
  readonly tgid: number;
  /** null for the process. */
  readonly tid: number | null;
  readonly comm: string;
  /** null for a thread: memory belongs to the process. */
  readonly rssBytes: number | null;
  readonly threads: number;
  readonly bornThreads: number;
  readonly endedThreads: number;
  /** CPUs it ran on, the one with most run time first. */
  readonly cpus: readonly CpuShare[];
}

export function processActivity(process: ProcessInterval): Activity {
  return {
    ...countersOf(process),
    tgid: process.tgid,
    tid: null,
    comm: process.comm,
    rssBytes: process.rssBytes,
    threads: process.threads.length,
    bornThreads: process.bornThreads,
    endedThreads: process.endedThreads,
    cpus: timeOnCpus(process.threads),
  };
}

export function threadActivity(thread: ThreadInterval): Activity {
  return {
    ...countersOf(thread),
    tgid: thread.tgid,
    tid: thread.tid,
    comm: thread.comm,
    rssBytes: null,
    threads: 1,
    bornThreads: thread.born ? 1 : 0,
    endedThreads: 0,
    cpus: timeOnCpus([thread]),
  };
}

function countersOf(counters: Counters): Counters {
  return Object.fromEntries(COUNTERS.map((name) => [name, counters[name]])) as Counters;
}

/**
 * A thread without a migration ran where it is; of one that moved, only the last place is known. The kernel counts
 * run time per thread and per CPU, never per both.
 */
export function timeOnCpus(threads: readonly ThreadInterval[]): readonly CpuShare[] {
  return addCpuShares(
    threads
      .filter((thread) => !isMissing(thread.runTimeNs) && thread.runTimeNs > 0)
      .map((thread) => {
        const runTimeNs = thread.runTimeNs as number;
        return { cpu: thread.cpu, runTimeNs, exactNs: thread.migrations === 0 ? runTimeNs : 0 };
      }),
  );
}

/** Adds up by CPU; the CPU with most run time first. */
export function addCpuShares(shares: Iterable<CpuShare>): readonly CpuShare[] {
  const byCpu = new Map<number, CpuShare>();
  for (const share of shares) {
    const known = byCpu.get(share.cpu);
    byCpu.set(share.cpu, {
      cpu: share.cpu,
      runTimeNs: share.runTimeNs + (known?.runTimeNs ?? 0),
      exactNs: share.exactNs + (known?.exactNs ?? 0),
    });
  }
  return [...byCpu.values()].sort((a, b) => b.runTimeNs - a.runTimeNs || a.cpu - b.cpu);
}
