/** Reads tasks and machine counters into one snapshot. */
import { isMissing, orNull } from '../base/missing.ts';
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
    if (reading !== null) processes.set(tgid, reading);
  }
  return { monotonicNs, processes, machine: readMachine(host) };
}

/** A process and its threads; null where it has ended. A thread that ends while we look is left out. */
export function readProcess(host: Host, tgid: number): ProcessReading | null {
  const stat = host.read(processStat, { pid: tgid });
  if (isMissing(stat)) return null;
  const threads: ThreadReading[] = [];
  for (const tid of orNull(host.read(threadList, { pid: tgid })) ?? []) {
    const at = { pid: tgid, tid };
    const reading = host.read(threadStat, at);
    if (isMissing(reading)) continue;
    threads.push({
      tgid,
      tid,
      stat: reading,
      schedstat: host.read(threadSchedstat, at),
      sched: host.read(threadSched, at),
    });
  }
  return { tgid, stat, threads };
}

function readMachine(host: Host): MachineReading {
  return {
    stat: host.read(machineStat),
    vmstat: host.read(vmstat),
    pressure: { cpu: host.read(cpuPressure), memory: host.read(memoryPressure), io: host.read(ioPressure) },
  };
}
