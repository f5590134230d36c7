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

/**
 * A process and its threads; missing where it has ended. A thread that ends while we look is left out.
 * @param only the one thread to read; all of them by default
 */
export function readProcess(host: Host, tgid: number, only?: number): Maybe<ProcessReading> {
  const stat = host.read(processStat, { pid: tgid });
  if (isMissing(stat)) return stat;
  const threads: ThreadReading[] = [];
  for (const tid of only === undefined ? (orNull(host.read(threadList, { pid: tgid })) ?? []) : [only]) {
    const at = { pid: tgid, tid };
    const reading = host.read(threadStat, at);
    const [schedstat, sched] = [host.read(threadSchedstat, at), host.read(threadSched, at)];
    if (isMissing(reading) || endedMeanwhile(schedstat) || endedMeanwhile(sched)) continue;
    threads.push({ tgid, tid, stat: reading, schedstat, sched });
  }
  return { tgid, stat, threads };
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
