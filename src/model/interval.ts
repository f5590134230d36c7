/** The difference of two snapshots: the only place where rates are made, over measured time. */
import { type Maybe, mapMaybe, missing } from '../base/missing.ts';
import type { Pressure } from '../kernel/proc/pressure.ts';
import type { CpuTimes } from '../kernel/proc/stat.ts';
import { both, difference } from './difference.ts';
import type { MachineReading, Snapshot } from './snapshot.ts';
import { type ProcessInterval, processInterval } from './task-interval.ts';

/** CPU time by kind in the interval. */
export type CpuTimesNs = Readonly<Record<keyof CpuTimes, number>>;

/** Shares of the interval in which tasks waited for a resource, 0 to 100. */
export interface PressurePct {
  /** At least one task waited. */
  readonly some: Maybe<number>;
  /** All tasks that had work waited. */
  readonly full: Maybe<number>;
}

export interface Interval {
  readonly elapsedNs: number;
  readonly processes: readonly ProcessInterval[];
  readonly machine: MachineInterval;
}

export interface MachineInterval {
  /** Per counter of /proc/vmstat. */
  readonly vmstat: Maybe<ReadonlyMap<string, number>>;
  readonly pressurePct: Readonly<Record<keyof MachineReading['pressure'], PressurePct>>;
  /** Summed over the online CPUs. */
  readonly cpuTimes: Maybe<CpuTimesNs>;
  /** CPUs that were online at both ends. */
  readonly cpus: Maybe<ReadonlyMap<number, CpuTimesNs>>;
  readonly contextSwitches: Maybe<number>;
  /** Tasks created, threads too. */
  readonly forks: Maybe<number>;
}

/** @throws RangeError where the second snapshot is not after the first */
export function computeInterval(before: Snapshot, after: Snapshot): Interval {
  const elapsedNs = Number(after.monotonicNs - before.monotonicNs);
  if (elapsedNs <= 0) throw new RangeError('the second snapshot must be after the first');
  return {
    elapsedNs,
    processes: [...after.processes.values()].map((process) =>
      processInterval(before.processes.get(process.tgid), process),
    ),
    machine: computeMachineInterval(before.machine, after.machine, elapsedNs),
  };
}

export function computeMachineInterval(
  before: MachineReading,
  after: MachineReading,
  elapsedNs: number,
): MachineInterval {
  const pressure = (of: keyof MachineReading['pressure']): PressurePct => {
    const share = (kind: 'some' | 'full') =>
      both(before.pressure[of], after.pressure[of], (a, b) => pressureShare(a, b, kind, elapsedNs));
    return { some: share('some'), full: share('full') };
  };
  return {
    vmstat: both(before.vmstat, after.vmstat, counterDifferences),
    pressurePct: { cpu: pressure('cpu'), memory: pressure('memory'), io: pressure('io') },
    cpuTimes: both(before.stat, after.stat, (a, b) => timeDifferences(a.total, b.total)),
    cpus: both(before.stat, after.stat, (a, b) => timesByCpu(a.cpus, b.cpus)),
    contextSwitches: both(before.stat, after.stat, (a, b) =>
      difference(a.contextSwitches, b.contextSwitches, 'ctxt'),
    ),
    forks: both(before.stat, after.stat, (a, b) => difference(a.forks, b.forks, 'processes')),
  };
}

/** Counters that went back are left out: some of vmstat's are gauges. */
function counterDifferences(
  a: ReadonlyMap<string, bigint>,
  b: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, number> {
  const differences = new Map<string, number>();
  for (const [name, value] of b) {
    const earlier = a.get(name);
    if (earlier !== undefined && value >= earlier) differences.set(name, Number(value - earlier));
  }
  return differences;
}

function pressureShare(a: Pressure, b: Pressure, kind: 'some' | 'full', elapsedNs: number): Maybe<number> {
  const [then, now] = [a[kind], b[kind]];
  if (then === null || now === null) return missing('absent', `pressure ${kind}`);
  const us = difference(then.totalUs, now.totalUs, 'pressure total');
  return mapMaybe(us, (value) => Math.min(100, (value * 1000 * 100) / elapsedNs));
}

function timesByCpu(
  a: ReadonlyMap<number, CpuTimes>,
  b: ReadonlyMap<number, CpuTimes>,
): ReadonlyMap<number, CpuTimesNs> {
  const cpus = new Map<number, CpuTimesNs>();
  for (const [cpu, now] of b) {
    const then = a.get(cpu);
    if (then !== undefined) cpus.set(cpu, timeDifferences(then, now));
  }
  return cpus;
}

/** Idle and iowait may go back by a tick on an idle CPU; such a step counts as no time. */
function timeDifferences(a: CpuTimes, b: CpuTimes): CpuTimesNs {
  const names = Object.keys(b) as (keyof CpuTimes)[];
  return Object.fromEntries(
    names.map((name) => [name, Math.max(0, Number(b[name] - a[name]))]),
  ) as unknown as CpuTimesNs;
}
