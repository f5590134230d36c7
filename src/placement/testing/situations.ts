/** Situations for tests: a process of three threads on a machine, of which a test changes what matters. */
import { CpuSet } from '../../base/cpu-set.ts';
import { missing } from '../../base/missing.ts';
import type { Topology } from '../../model/topology.ts';
import type { CpuLoad, OtherProcess, Situation, TargetProcess, TargetThread } from '../situation.ts';

export const UNKNOWN = missing('not-captured', 'test');

/** Helper, half asleep, allowed everywhere. */
export function thread(tid: number, changes: Partial<TargetThread> = {}): TargetThread {
  return {
    tid,
    comm: `t${tid}`,
    role: 'helper',
    runPct: 1,
    runDelayPct: 0,
    migrationsPerSec: 0,
    wakeUpsPerSec: 5,
    tickHz: null,
    affinity: CpuSet.range(0, 4095),
    lastCpu: 0,
    policy: 'other',
    nice: 0,
    sliceNs: 2_800_000,
    ...changes,
  };
}

/** 64 Hz, 38 % of a CPU, late for 2 % of the time. */
export function tick(tid: number, changes: Partial<TargetThread> = {}): TargetThread {
  const ticks = { role: 'tick', runPct: 38, runDelayPct: 2, wakeUpsPerSec: 64, tickHz: 64 } as const;
  return thread(tid, { comm: 'tick', ...ticks, ...changes });
}

/** Wants a whole CPU. */
export function busy(tid: number, changes: Partial<TargetThread> = {}): TargetThread {
  return thread(tid, {
    comm: 'worker',
    role: 'worker',
    runPct: 90,
    runDelayPct: 5,
    wakeUpsPerSec: 1,
    ...changes,
  });
}

export function other(changes: Partial<OtherProcess> = {}): OtherProcess {
  return {
    tgid: 900,
    comm: 'zstd',
    unit: null,
    cgroup: '/',
    group: { cgroup: '/', autogroup: null },
    isKernelThread: false,
    runPct: 90,
    byCpuPct: new Map(),
    policy: 'other',
    ...changes,
  };
}

export function idle(changes: Partial<CpuLoad> = {}): CpuLoad {
  return { targetPct: 0, othersPct: 0, interruptPct: 0, stealPct: 0, interruptsPerSec: 0, ...changes };
}

export type Changes = Partial<Omit<Situation, 'target' | 'topology'>> & {
  readonly target?: Partial<TargetProcess>;
};

/** Arena, with a tick thread and two helpers, on an idle machine; all its pages on the first node. */
export function situation(topology: Topology, changes: Changes = {}): Situation {
  const { target, ...rest } = changes;
  const usable = rest.usable ?? topology.online;
  return {
    topology,
    usable,
    windowNs: 10e9,
    load: new Map(topology.online.ids().map((cpu) => [cpu, idle()])),
    others: [],
    causes: [],
    quota: null,
    settings: { numaBalancing: 0, migrationCostNs: 500_000, release: '6.12.1' },
    ...rest,
    target: {
      tgid: 100,
      comm: 'arena',
      executable: '/srv/arena',
      unit: null,
      cgroup: '/',
      group: { cgroup: '/', autogroup: null },
      threads: [tick(100), thread(101), thread(102)],
      workload: 'latency_periodic',
      rssBytes: 1 << 30,
      byNode: new Map([[topology.nodes[0]?.node ?? 0, 1 << 30]]),
      memoryNodes: null,
      children: [],
      ...target,
    },
  };
}
