/** The difference of two snapshots: the only place where rates are made, over measured time. */
import { isMissing, type Maybe, mapMaybe, missing } from '../base/missing.ts';
import type { Pressure } from '../kernel/proc/pressure.ts';
import type { CpuTimes } from '../kernel/proc/stat.ts';
import { type ProcessReading, type Snapshot, type ThreadReading, taskKey } from './snapshot.ts';

/** What one thread did in the interval. Differences are numbers; absent where a counter is missing or went back. */
export interface ThreadInterval {
  readonly tgid: number;
  readonly tid: number;
  readonly comm: string;
  readonly cpu: number;
  readonly state: string;
  /** Born after the first snapshot: its counters started at zero, so they are differences already. */
  readonly born: boolean;
  readonly runTimeNs: Maybe<number>;
  readonly runDelayNs: Maybe<number>;
  readonly migrations: Maybe<number>;
  readonly voluntarySwitches: Maybe<number>;
  readonly involuntarySwitches: Maybe<number>;
  readonly minorFaults: Maybe<number>;
  readonly majorFaults: Maybe<number>;
}

export interface ProcessInterval {
  readonly tgid: number;
  readonly comm: string;
  readonly threads: readonly ThreadInterval[];
  /** Of the group, threads that died in the interval included. */
  readonly minorFaults: Maybe<number>;
  readonly majorFaults: Maybe<number>;
  readonly childMinorFaults: Maybe<number>;
  readonly childMajorFaults: Maybe<number>;
}

export interface Interval {
  readonly elapsedNs: number;
  readonly processes: readonly ProcessInterval[];
  /** Per counter of /proc/vmstat. */
  readonly vmstat: Maybe<ReadonlyMap<string, number>>;
  /** Share of the interval in which at least one task waited, 0 to 100. */
  readonly pressurePct: {
    readonly cpu: Maybe<number>;
    readonly memory: Maybe<number>;
    readonly io: Maybe<number>;
  };
  /** CPU time by kind, summed over the online CPUs. */
  readonly cpuTimes: Maybe<Readonly<Record<keyof CpuTimes, number>>>;
  readonly contextSwitches: Maybe<number>;
}

/** @throws RangeError where the second snapshot is not after the first */
export function computeInterval(before: Snapshot, after: Snapshot): Interval {
  const elapsedNs = Number(after.monotonicNs - before.monotonicNs);
  if (elapsedNs <= 0) throw new RangeError('the second snapshot must be after the first');
  const machine = { before: before.machine, after: after.machine };
  return {
    elapsedNs,
    processes: [...after.processes.values()].map((process) =>
      processInterval(before.processes.get(process.tgid), process),
    ),
    vmstat: both(machine.before.vmstat, machine.after.vmstat, counterDifferences),
    pressurePct: {
      cpu: both(machine.before.pressure.cpu, machine.after.pressure.cpu, pressureShare(elapsedNs)),
      memory: both(machine.before.pressure.memory, machine.after.pressure.memory, pressureShare(elapsedNs)),
      io: both(machine.before.pressure.io, machine.after.pressure.io, pressureShare(elapsedNs)),
    },
    cpuTimes: both(machine.before.stat, machine.after.stat, (a, b) => timeDifferences(a.total, b.total)),
    contextSwitches: both(machine.before.stat, machine.after.stat, (a, b) =>
      difference(a.contextSwitches, b.contextSwitches, 'ctxt'),
    ),
  };
}

/** Events per second over the measured time. */
export function perSec(count: number, elapsedNs: number): number {
  return (count * 1e9) / elapsedNs;
}

/** `b - a` as a number, absent where the counter went back (a reset, or another task). */
export function difference(a: bigint, b: bigint, name: string): Maybe<number> {
  return b < a ? missing('unreadable', name, 'the counter went back') : Number(b - a);
}

function both<A, B>(a: Maybe<A>, b: Maybe<A>, f: (a: A, b: A) => Maybe<B>): Maybe<B> {
  if (isMissing(a)) return a;
  return isMissing(b) ? b : f(a, b);
}

function processInterval(before: ProcessReading | undefined, after: ProcessReading): ProcessInterval {
  const same = before !== undefined && taskKey(before.stat) === taskKey(after.stat) ? before : undefined;
  const known = new Map(same?.threads.map((thread) => [taskKey(thread.stat), thread]));
  const faults = (pick: (stat: ProcessReading['stat']) => bigint, name: string) =>
    difference(same === undefined ? 0n : pick(same.stat), pick(after.stat), name);
  return {
    tgid: after.tgid,
    comm: after.stat.comm,
    threads: after.threads.map((thread) => threadInterval(known.get(taskKey(thread.stat)), thread)),
    minorFaults: faults((stat) => stat.minorFaults, 'minflt'),
    majorFaults: faults((stat) => stat.majorFaults, 'majflt'),
    childMinorFaults: faults((stat) => stat.childMinorFaults, 'cminflt'),
    childMajorFaults: faults((stat) => stat.childMajorFaults, 'cmajflt'),
  };
}

function threadInterval(before: ThreadReading | undefined, after: ThreadReading): ThreadInterval {
  const counter = (name: string, pick: (thread: ThreadReading) => Maybe<bigint | null>): Maybe<number> => {
    const now = nullIsMissing(pick(after), name);
    const then = before === undefined ? 0n : nullIsMissing(pick(before), name);
    return both(then, now, (a, b) => difference(a, b, name));
  };
  return {
    tgid: after.tgid,
    tid: after.tid,
    comm: after.stat.comm,
    cpu: after.stat.cpu,
    state: after.stat.state,
    born: before === undefined,
    runTimeNs: counter('run time', (thread) => mapMaybe(thread.schedstat, (s) => s.runTimeNs)),
    runDelayNs: counter('run delay', (thread) => mapMaybe(thread.schedstat, (s) => s.runDelayNs)),
    migrations: counter('se.nr_migrations', (thread) => mapMaybe(thread.sched, (s) => s.migrations)),
    voluntarySwitches: counter('nr_voluntary_switches', (t) => mapMaybe(t.sched, (s) => s.voluntarySwitches)),
    involuntarySwitches: counter('nr_involuntary_switches', (t) =>
      mapMaybe(t.sched, (s) => s.involuntarySwitches),
    ),
    minorFaults: counter('minflt', (thread) => thread.stat.minorFaults),
    majorFaults: counter('majflt', (thread) => thread.stat.majorFaults),
  };
}

function nullIsMissing<T>(value: Maybe<T | null>, name: string): Maybe<T> {
  return value === null ? missing('absent', name) : (value as Maybe<T>);
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

function pressureShare(elapsedNs: number): (a: Pressure, b: Pressure) => Maybe<number> {
  return (a, b) => {
    if (a.some === null || b.some === null) return missing('absent', 'pressure some');
    const us = difference(a.some.totalUs, b.some.totalUs, 'pressure total');
    return mapMaybe(us, (value) => Math.min(100, (value * 1000 * 100) / elapsedNs));
  };
}

/** Idle and iowait may go back by a tick on an idle CPU; such a step counts as no time. */
function timeDifferences(a: CpuTimes, b: CpuTimes): Record<keyof CpuTimes, number> {
  const names = Object.keys(b) as (keyof CpuTimes)[];
  return Object.fromEntries(names.map((name) => [name, Math.max(0, Number(b[name] - a[name]))])) as Record<
    keyof CpuTimes,
    number
  >;
}
