/** Reads tasks and machine counters into one snapshot. */
import { isMissing, type Maybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { cpuPressure, ioPressure, memoryPressure } from '../kernel/proc/pressure.ts';
import { machineStat } from '../kernel/proc/stat.ts';
import { vmstat } from '../kernel/proc/vmstat.ts';
import { processList } from '../kernel/task/lists.ts';
import type { MachineReading, ProcessReading, Snapshot } from '../model/snapshot.ts';
import { HeldProcess } from './held-process.ts';

/** @param only the processes to read; all of them by default. Those that have ended are left out. */
export function takeSnapshot(host: Host, monotonicNs: bigint, only?: Iterable<number>): Snapshot {
  const processes = new Map<number, ProcessReading>();
  for (const tgid of only ?? orNull(host.read(processList)) ?? []) {
    const reading = readProcess(host, tgid);
    if (!isMissing(reading)) processes.set(tgid, reading);
  }
  return { monotonicNs, processes, machine: readMachine(host) };
}

/** A process and its threads, once; HeldProcess is for more. Missing where it has ended. */
export function readProcess(host: Host, tgid: number): Maybe<ProcessReading> {
  const process = new HeldProcess(host, tgid);
  try {
    return process.read();
  } finally {
    process.close();
  }
}

export function readMachine(host: Host): MachineReading {
  return {
    stat: host.read(machineStat),
    vmstat: host.read(vmstat),
    pressure: { cpu: host.read(cpuPressure), memory: host.read(memoryPressure), io: host.read(ioPressure) },
  };
}
