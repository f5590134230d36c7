/** Reads tasks and machine counters into one snapshot. */
import { isMissing, type Maybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { cpuPressure, ioPressure, memoryPressure } from '../kernel/proc/pressure.ts';
import { machineStat } from '../kernel/proc/stat.ts';
import { vmstat } from '../kernel/proc/vmstat.ts';
import { processList, threadList } from '../kernel/task/lists.ts';
import { threadSched } from '../kernel/task/sched.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import { processStat, threadStat } from '../kernel/task/stat.ts';
import type { MachineReading, ProcessReading, Snapshot, ThreadReading } from '../model/snapshot.ts';

/** @param only the processes to read; all of them by default. Those that have ended are left out. */
export function takeSnapshot(host: Host, monotonicNs: bigint, only?: Iterable<number>): Snapshot {
  const processes = new Map<number, ProcessReading>();
  for (const tgid of only ?? orNull(host.read(processList)) ?? []) {
    const reading = readProcess(host, tgid);
    if (!isMissing(reading)) processes.set(tgid, reading);
  }
  return { monotonicNs, processes, machine: readMachine(host) };
}

export interface ReadOptions {
  /** The one thread to read; all of them by default. */
  readonly only?: number | undefined;
  /** An earlier reading of the same process: what it says of threads that have not run since is not read again. */
  readonly earlier?: ProcessReading | undefined;
}

/** A process and its threads; missing where it has ended. A thread that ends while we look is left out. */
export function readProcess(
  host: Host,
  tgid: number,
  { only, earlier }: ReadOptions = {},
): Maybe<ProcessReading> {
  const stat = host.read(processStat, { pid: tgid });
  if (isMissing(stat)) return stat;
  const known = new Map(earlier?.threads.map((thread) => [thread.tid, thread]));
  const threads: ThreadReading[] = [];
  for (const tid of only === undefined ? (orNull(host.read(threadList, { pid: tgid })) ?? []) : [only]) {
    const thread = readThread(host, tgid, tid, known.get(tid));
    if (thread !== null) threads.push(thread);
  }
  return { tgid, stat, threads };
}

/** null where it has ended. */
function readThread(
  host: Host,
  tgid: number,
  tid: number,
  earlier: ThreadReading | undefined,
): ThreadReading | null {
  const at = { pid: tgid, tid };
  const schedstat = host.read(threadSchedstat, at);
  if (earlier !== undefined && hasNotRun(earlier, schedstat)) return earlier;
  const stat = host.read(threadStat, at);
  const sched = host.read(threadSched, at);
  if (isMissing(stat) || endedMeanwhile(schedstat) || endedMeanwhile(sched)) return null;
  return { tgid, tid, stat, schedstat, sched };
}

/**
 * A thread that slept and was not put on a CPU since has the same counters: only its own running changes them, and each
 * arrival on a CPU counts as a time slice, even where no tick updates the run time. Another thread with the same id has
 * other times.
 */
function hasNotRun({ stat, schedstat: then }: ThreadReading, now: ThreadReading['schedstat']): boolean {
  if (isMissing(then) || isMissing(now) || stat.state === 'R' || now.timeslices === 0n) return false;
  return (
    then.timeslices === now.timeslices &&
    then.runTimeNs === now.runTimeNs &&
    then.runDelayNs === now.runDelayNs
  );
}

/** Half a thread would make the sums of its process unknown; one that ended is in no later snapshot anyway. */
function endedMeanwhile(value: Maybe<unknown>): boolean {
  return isMissing(value) && value.missing === 'gone';
}

export function readMachine(host: Host): MachineReading {
  return {
    stat: host.read(machineStat),
    vmstat: host.read(vmstat),
    pressure: { cpu: host.read(cpuPressure), memory: host.read(memoryPressure), io: host.read(ioPressure) },
  };
}
