/** Makes observations: one sweep over all threads, a few files of the machine, and, more rarely, those of cgroups. */
import type { Observation, Observed, ObservedMachine, ObservedProcess } from '../../alerts/observation.ts';
import type { Clock } from '../../app/clock.ts';
import { openCgroups } from '../../app/read-cgroup.ts';
import { openTaskSweeper, type TaskSweeper } from '../../app/sweep-tasks.ts';
import { isMissing, type Maybe, mapMaybe, missing, orNull } from '../../base/missing.ts';
import type { Host } from '../../host/host.ts';
import { machineMemory } from '../../kernel/proc/meminfo.ts';
import { cpuPressure, ioPressure, memoryPressure } from '../../kernel/proc/pressure.ts';
import { uptime } from '../../kernel/proc/uptime.ts';
import { vmstat } from '../../kernel/proc/vmstat.ts';
import { processStat } from '../../kernel/task/stat.ts';
import type { CgroupReading } from '../../model/cgroup.ts';
import { perSec } from '../../model/difference.ts';
import type { MachineInterval } from '../../model/interval.ts';
import { computeMachineInterval } from '../../model/interval.ts';
import type { MachineReading } from '../../model/snapshot.ts';
import type { SweptThread } from '../../model/task-sweep.ts';
import { throttlingBetween } from '../../model/throttling.ts';
import type { TargetConfig } from '../config/config.ts';
import { ProcessCounter, type ProcessCounts } from './process-counts.ts';
import { type WatchedProcess, WatchedProcesses } from './watched-processes.ts';

/** What an observation is made of, for metrics: counts, not rates. */
export interface Observing {
  readonly observation: Observation;
  readonly counts: readonly (ProcessCounts & { readonly watched: WatchedProcess })[];
  /** Time that keel needed for it. */
  readonly tookNs: number;
}

/** Measured apart from the sweep, because it costs the target: by process. */
export interface Measured {
  readonly stallNs: (tgid: number) => Maybe<number> | null;
  readonly latePct: (tgid: number) => Observed;
}

/** A quota works in periods of 100 ms; ten seconds hold a hundred of them. */
const THROTTLING_EVERY_NS = 10_000_000_000n;

export class Observer {
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #sweeper: TaskSweeper;
  readonly #counter = new ProcessCounter();
  #watched: WatchedProcesses;
  #lastWatched: readonly WatchedProcess[] = [];
  #before: { readonly monotonicNs: bigint; readonly machine: MachineReading } | null = null;
  #throttling: { readonly readNs: bigint; readonly groups: ReadonlyMap<number, CgroupReading> } | null = null;
  #throttledPct: ReadonlyMap<string, Maybe<number>> = new Map();

  constructor(host: Host, clock: Clock, targets: readonly TargetConfig[]) {
    this.#host = host;
    this.#clock = clock;
    const sweeper = openTaskSweeper(host, undefined, clock);
    if (isMissing(sweeper)) throw new Error('a sweep from /proc is always possible');
    this.#sweeper = sweeper;
    this.#watched = new WatchedProcesses(host, targets);
  }

  /** As of the last observation. */
  get watched(): readonly WatchedProcess[] {
    return this.#lastWatched;
  }

  get obtainedBy(): TaskSweeper['obtainedBy'] {
    return this.#sweeper.obtainedBy;
  }

  retarget(targets: readonly TargetConfig[]): void {
    this.#watched = new WatchedProcesses(this.#host, targets);
  }

  /** null the first time: there is no interval yet. */
  observe(measured: Measured): Observing | null {
    const monotonicNs = this.#clock.monotonicNs();
    const bootNs = orNull(this.#host.read(uptime)) ?? monotonicNs;
    const byProcess = groupByProcess(this.#sweeper.sweep().threads);
    const watched = this.#watched.update(mainsOf(byProcess), bootNs);
    this.#lastWatched = watched;
    const counts = this.#count(byProcess, watched);
    const machine = this.#readMachine();
    const before = this.#before;
    this.#before = { monotonicNs, machine };
    this.#readThrottling(monotonicNs, watched);
    const elapsedNs = before === null ? 0 : Number(monotonicNs - before.monotonicNs);
    if (before === null || elapsedNs <= 0) return null;
    const observation: Observation = {
      monotonicNs,
      unixMs: this.#clock.unixMs(),
      elapsedNs,
      processes: counts.map((one) => this.#process(one, elapsedNs, bootNs, measured)),
      machine: this.#machine(computeMachineInterval(before.machine, machine, elapsedNs), elapsedNs, bootNs),
    };
    return { observation, counts, tookNs: Number(this.#clock.monotonicNs() - monotonicNs) };
  }

  close(): void {
    this.#sweeper.close();
  }

  #count(
    byProcess: ReadonlyMap<number, readonly SweptThread[]>,
    watched: readonly WatchedProcess[],
  ): Observing['counts'] {
    const byTgid = new Map(watched.map((one) => [one.tgid, one]));
    const counted = this.#counter.count(byProcess, byTgid.keys(), (pid) => {
      const stat = orNull(this.#host.read(processStat, { pid }));
      return stat === null ? null : { minor: stat.minorFaults, major: stat.majorFaults };
    });
    return counted.map((counts) => ({ ...counts, watched: byTgid.get(counts.tgid) as WatchedProcess }));
  }

  #process(
    counts: Observing['counts'][number],
    elapsedNs: number,
    bootNs: bigint,
    measured: Measured,
  ): ObservedProcess {
    const { tgid, main, threads, watched } = counts;
    const rate = (count: Maybe<number>) => mapMaybe(count, (value) => perSec(value, elapsedNs));
    const share = (ns: Maybe<number>) => mapMaybe(ns, (value) => (100 * value) / elapsedNs);
    const stallNs = measured.stallNs(tgid);
    return {
      key: watched.key,
      tgid,
      comm: main.comm,
      program: watched.program,
      unit: watched.unit,
      target: watched.target?.name ?? '',
      ageNs: Number(bootNs - main.startNs),
      minorPerSec: rate(counts.minorFaults),
      majorPerSec: rate(counts.majorFaults),
      runDelayPct: share(counts.runDelayNs),
      stallPct: stallNs === null ? null : share(stallNs),
      latePct: measured.latePct(tgid),
      throttledPct: this.#throttledPct.get(watched.cgroup) ?? null,
      swapBytes: mapMaybe(main.memory, (memory) => memory.swapBytes),
      strayThreads: strayThreads(threads, watched.target),
    };
  }

  #readMachine(): MachineReading {
    const host = this.#host;
    return {
      stat: missing('absent', 'CPU times of the machine', 'not asked for'),
      vmstat: host.read(vmstat),
      pressure: { cpu: host.read(cpuPressure), memory: host.read(memoryPressure), io: host.read(ioPressure) },
    };
  }

  #machine(interval: MachineInterval, elapsedNs: number, bootNs: bigint): ObservedMachine {
    const vmstatPerSec = (names: readonly string[]): Observed =>
      mapMaybe(interval.vmstat, (counters): Maybe<number> => {
        const found = names.flatMap((name) => counters.get(name) ?? []);
        if (found.length === 0) return missing('absent', names.join(', '));
        return perSec(
          found.reduce((total, count) => total + count, 0),
          elapsedNs,
        );
      });
    return {
      upNs: Number(bootNs),
      refaultsPerSec: vmstatPerSec([
        'workingset_refault',
        'workingset_refault_anon',
        'workingset_refault_file',
      ]),
      swapInPerSec: vmstatPerSec(['pswpin']),
      cpuPressurePct: interval.pressurePct.cpu.some,
      memoryPressurePct: interval.pressurePct.memory.some,
      ioPressurePct: interval.pressurePct.io.some,
      lockedPct: mapMaybe(this.#host.read(machineMemory), ({ mlockedBytes, totalBytes }): Maybe<number> => {
        if (mlockedBytes === null || totalBytes === null) return missing('absent', 'Mlocked');
        return (100 * mlockedBytes) / totalBytes;
      }),
    };
  }

  /** Of each cgroup once, through one of its processes. */
  #readThrottling(monotonicNs: bigint, watched: readonly WatchedProcess[]): void {
    const before = this.#throttling;
    if (before !== null && monotonicNs - before.readNs < THROTTLING_EVERY_NS) return;
    const cgroups = openCgroups(this.#host);
    const one = new Map(watched.map((process) => [process.cgroup, process.tgid]));
    const groups = new Map<number, CgroupReading>();
    for (const tgid of one.values()) {
      const reading = orNull(cgroups.of(tgid));
      if (reading !== null) groups.set(tgid, reading);
    }
    if (before !== null) this.#throttledPct = throttledPct(before.groups, groups);
    this.#throttling = { readNs: monotonicNs, groups };
  }
}

/** By cgroup, the quota that stopped it most often. */
function throttledPct(
  before: ReadonlyMap<number, CgroupReading>,
  after: ReadonlyMap<number, CgroupReading>,
): ReadonlyMap<string, Maybe<number>> {
  const shares = new Map<string, Maybe<number>>();
  for (const { tgids, periods, throttledPeriods } of throttlingBetween(before, after)) {
    const pct = isMissing(periods)
      ? periods
      : mapMaybe(throttledPeriods, (stopped) => (periods === 0 ? 0 : (100 * stopped) / periods));
    for (const tgid of tgids) {
      const cgroup = after.get(tgid)?.path;
      const known = cgroup === undefined ? undefined : shares.get(cgroup);
      if (cgroup === undefined || (typeof known === 'number' && typeof pct === 'number' && known > pct))
        continue;
      shares.set(cgroup, pct);
    }
  }
  return shares;
}

function strayThreads(threads: readonly SweptThread[], target: TargetConfig | null): Observed {
  const cpus = target?.cpus ?? null;
  if (cpus === null) return null;
  let stray = 0;
  for (const { affinity } of threads) {
    if (isMissing(affinity)) return affinity;
    if (!affinity.isSubsetOf(cpus)) stray += 1;
  }
  return stray;
}

function groupByProcess(threads: readonly SweptThread[]): ReadonlyMap<number, SweptThread[]> {
  const byProcess = new Map<number, SweptThread[]>();
  for (const thread of threads) {
    const known = byProcess.get(thread.tgid);
    if (known === undefined) byProcess.set(thread.tgid, [thread]);
    else known.push(thread);
  }
  return byProcess;
}

function* mainsOf(byProcess: ReadonlyMap<number, readonly SweptThread[]>): Iterable<SweptThread> {
  for (const [tgid, threads] of byProcess) {
    const main = threads.find((thread) => thread.tid === tgid);
    if (main !== undefined) yield main;
  }
}
