/** Windows for tests of rules: ten seconds between an empty reading and what the test says happened. */
import { type Maybe, missing } from '../../base/missing.ts';
import type { Pressure } from '../../kernel/proc/pressure.ts';
import type { CpuTimes, MachineStat } from '../../kernel/proc/stat.ts';
import type { TaskStat } from '../../kernel/task/stat.ts';
import type { FaultCause } from '../../model/faults/cause.ts';
import type { WatchedStalls } from '../../model/faults/stalls.ts';
import type { Share } from '../../model/faults/summary.ts';
import { computeInterval } from '../../model/interval.ts';
import type { Holder } from '../../model/late/accounting.ts';
import type { LateCause } from '../../model/late/causes.ts';
import { type WatchedLate, WITHOUT_EVENTS } from '../../model/late/watched.ts';
import type { MachineReading } from '../../model/snapshot.ts';
import {
  NO_MACHINE,
  processReading,
  snapshot,
  type ThreadParts,
  threadReading,
} from '../../model/testing/readings.ts';
import type { MemoryWork, ProcessWork, WorkKind } from '../../model/waits/memory-work.ts';
import type { SampledWaits, ThreadWaits } from '../../model/waits/sampled-waits.ts';
import type { Finding, Rule, RuleResult, Window } from '../finding.ts';

export const SECONDS = 10;
export const DENIED = missing('denied', '/the/file', 'EACCES');

export interface ProcessParts {
  readonly tgid: number;
  readonly comm?: string;
  /** Over the ten seconds; one thread where there are none. */
  readonly threads?: readonly ThreadParts[];
  readonly stat?: Partial<TaskStat>;
  /** Not there at the first reading. */
  readonly born?: boolean;
}

export interface WindowParts extends Partial<Omit<Window, 'interval'>> {
  readonly processes?: readonly ProcessParts[];
  readonly vmstat?: Maybe<Readonly<Record<string, number>>>;
  /** Per cent of the ten seconds. */
  readonly pressurePct?: Partial<Record<keyof MachineReading['pressure'], Maybe<number>>>;
  /** Seconds by kind, for each CPU. */
  readonly cpus?: Maybe<readonly Partial<Record<keyof CpuTimes, number>>[]>;
  readonly forks?: number;
}

export function windowOf(parts: WindowParts = {}): Window {
  const { processes = [], vmstat, pressurePct, cpus, forks, ...rest } = parts;
  const readings = (done: boolean) =>
    processes
      .filter((one) => done || !one.born)
      .map((one) => {
        const threads = (one.threads ?? [{}]).map((thread, i) => {
          const comm = thread.comm ?? one.comm ?? 'arena';
          const { cpu = 0, state = 'S' } = thread;
          return threadReading(one.tgid, one.tgid + i, done ? { ...thread, comm } : { comm, cpu, state });
        });
        return processReading(one.tgid, threads, { comm: one.comm ?? 'arena', ...(done ? one.stat : {}) });
      });
  const machine = (done: boolean) => machineReading({ vmstat, pressurePct, cpus, forks }, done);
  return {
    interval: computeInterval(
      snapshot(0n, readings(false), machine(false)),
      snapshot(BigInt(SECONDS) * 1_000_000_000n, readings(true), machine(true)),
    ),
    onlineCpus: 2,
    target: null,
    ownTgid: null,
    units: new Map(),
    throttling: [],
    memoryLimits: [],
    memory: new Map(),
    swaps: [],
    // Measured of targets only, as the real ones.
    late: null,
    stalls: (rest.target ?? null) === null ? null : stallsOf({}),
    waits: (rest.target ?? null) === null ? null : waitsOf({}),
    memoryWork: (rest.target ?? null) === null ? null : new Map(),
    agesNs: new Map(),
    ...rest,
  };
}

/** Late moments of process 10 in ten seconds: one of each cause, behind a task or an interrupt. */
export function lateOf(
  byCause: Partial<Record<LateCause, { readonly lateNs: number; readonly by: Holder }>>,
): WatchedLate {
  const shares = Object.entries(byCause).map(([cause, { lateNs, by }]) => ({
    cause: cause as LateCause,
    moments: 1,
    lateNs,
    by: [{ holder: by, lateNs }],
  }));
  const kept = shares.map(({ cause, lateNs, by }, i) => ({
    tid: 10,
    fromNs: i * 1e9,
    toNs: i * 1e9 + lateNs,
    lateNs,
    parts: [{ atNs: 0, lengthNs: lateNs, label: cause, by: by[0]?.holder ?? null }],
    furtherNs: 0,
  }));
  return {
    target: { tgid: 10, tid: null, comm: 'arena' },
    startedUnixMs: 0,
    startedNs: 0n,
    elapsedNs: SECONDS * 1e9,
    overNs: 1e6,
    obtainedBy: 'bpf',
    because: null,
    ...WITHOUT_EVENTS,
    ownCpuNs: 0,
    ended: false,
    summary: {
      tick: null,
      freeRunning: null,
      moments: shares.length,
      lateNs: shares.reduce((sum, one) => sum + one.lateNs, 0),
      byCause: shares,
      kept,
      threads: [],
      totals: [],
      rows: [],
      faults: { minor: 0, major: 0 },
      moves: [],
    },
  };
}

/** Measured faults: stall in ns and count by cause, in a window of ten seconds. */
export function stallsOf(
  byCause: Partial<Record<FaultCause, { readonly stallNs: number; readonly faults: number }>>,
  more: { readonly refaultRatio?: number; readonly file?: string } = {},
): WatchedStalls {
  const share = ({ stallNs, faults }: { stallNs: number; faults: number }): Share => ({
    stallNs,
    faults,
    minor: faults,
    major: 0,
    p50Ns: 1000,
    p99Ns: 2000,
    maxNs: stallNs,
  });
  const causes = Object.entries(byCause).map(([cause, one]) => ({
    cause: cause as FaultCause,
    ...share(one),
  }));
  const total = share({
    stallNs: causes.reduce((sum, one) => sum + one.stallNs, 0),
    faults: causes.reduce((sum, one) => sum + one.faults, 0),
  });
  const file = more.file === undefined ? [] : [{ kind: 'file' as const, path: more.file, ...total }];
  const refaultRatio = more.refaultRatio ?? null;
  const summary = {
    total,
    byCause: causes,
    byMapping: file,
    byThread: [],
    byCpu: [],
    byNode: [],
    refaultRatio,
  };
  return { obtainedBy: 'bpf', lost: 0, summary };
}

/** One thread, looked at a thousand times: how often it waited where. */
export function waitsOf(
  waiting: ThreadWaits['waiting'],
  thread: Partial<Omit<ThreadWaits, 'waiting'>> = {},
): SampledWaits {
  const waited = Object.values(waiting).reduce((sum, looks) => sum + looks, 0);
  const rest = { tid: 10, comm: 'arena', looks: LOOKS, running: LOOKS - waited };
  return { obtainedBy: 'stack', threads: [{ ...rest, ...thread, waiting }] };
}

const LOOKS = 1000;

/** Of process 10: milliseconds by kind. */
export function workOf(ms: Partial<Record<WorkKind, number>>): MemoryWork {
  const one = (kind: WorkKind) => {
    const totalNs = (ms[kind] ?? 0) * 1e6;
    return { totalNs, times: totalNs === 0 ? 0 : 100, mostOfOneNs: totalNs };
  };
  const work: ProcessWork = {
    reclaim: one('reclaim'),
    groupReclaim: one('groupReclaim'),
    compaction: one('compaction'),
    mapLock: one('mapLock'),
  };
  return new Map([[10, work]]);
}

/** What a test leaves out is `undefined`, also where it passes the whole set on. */
type MachineParts = {
  readonly [Name in 'vmstat' | 'pressurePct' | 'cpus' | 'forks']: WindowParts[Name] | undefined;
};

function machineReading(parts: MachineParts, done: boolean): MachineReading {
  const { vmstat, pressurePct, cpus, forks } = parts;
  const pressure = (name: keyof MachineReading['pressure']): Maybe<Pressure> => {
    const pct = pressurePct?.[name] ?? 0;
    if (typeof pct !== 'number') return pct;
    const totalUs = done ? BigInt(Math.round((pct / 100) * SECONDS * 1e6)) : 0n;
    const line = { avg10Pct: 0, avg60Pct: 0, avg300Pct: 0, totalUs };
    return { some: line, full: { ...line, totalUs: 0n } };
  };
  return {
    ...NO_MACHINE,
    vmstat: isGap(vmstat) ? vmstat : counters(vmstat ?? { pswpin: 0, pswpout: 0 }, done),
    pressure: { cpu: pressure('cpu'), memory: pressure('memory'), io: pressure('io') },
    stat: isGap(cpus) ? cpus : machineStat(cpus ?? [{}, {}], forks ?? 0, done),
  };
}

function isGap(value: unknown): value is typeof DENIED {
  return typeof value === 'object' && value !== null && 'missing' in value;
}

function counters(values: Readonly<Record<string, number>>, done: boolean): ReadonlyMap<string, bigint> {
  return new Map(Object.entries(values).map(([name, count]) => [name, done ? BigInt(count) : 0n]));
}

function machineStat(
  cpus: readonly Partial<Record<keyof CpuTimes, number>>[],
  forks: number,
  done: boolean,
): MachineStat {
  const names = [
    'userNs',
    'niceNs',
    'systemNs',
    'idleNs',
    'iowaitNs',
    'irqNs',
    'softirqNs',
    'stealNs',
  ] as const;
  const times = cpus.map((seconds) => {
    const used = names.reduce((total, name) => total + (seconds[name] ?? 0), 0);
    const all = { ...seconds, idleNs: seconds.idleNs ?? SECONDS - used };
    return Object.fromEntries(
      names.map((name) => [name, done ? BigInt(Math.round((all[name] ?? 0) * 1e9)) : 0n]),
    ) as unknown as CpuTimes;
  });
  const total = Object.fromEntries(
    names.map((name) => [name, times.reduce((sum, one) => sum + one[name], 0n)]),
  ) as unknown as CpuTimes;
  return {
    total,
    cpus: new Map(times.map((one, cpu) => [cpu, one])),
    contextSwitches: 0n,
    forks: done ? BigInt(forks) : 0n,
    running: 1,
    blocked: 0,
  };
}

/** The single finding of a rule. */
export function only(result: RuleResult): Finding {
  const [first, ...more] = result.findings;
  if (first === undefined || more.length > 0) throw new Error(`${result.findings.length} findings, not one`);
  return first;
}

/** What every rule owes: nothing in an idle window, with a measure that says so below its limit. */
export function isQuiet(rule: Rule, window: Window): boolean {
  const { findings, closest } = rule.check(window);
  return findings.length === 0 && closest !== null && closest.value < closest.limit;
}
