/** Makes observations: one sweep over all threads, a few files of the machine, and, more rarely, those of cgroups. */
import type { Observation, Observed, ObservedMachine, ObservedProcess } from '../../alerts/observation.ts';
import type { Clock } from '../../app/clock.ts';
import { openCgroups } from '../../app/read-cgroup.ts';
import { openTaskSweeper, type TaskSweeper } from '../../app/sweep-tasks.ts';
import { isMissing, type Maybe, type Missing, mapMaybe, missing, orNull } from '../../base/missing.ts';
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
import { type ThreadGroup, ThreadGroups } from './thread-groups.ts';
import { type WatchedProcess, WatchedProcesses } from './watched-processes.ts';

/** What an observation is made of, for metrics: counts, not rates. */
export interface Observing {
  readonly observation: Observation;
  /** In the order of its processes. */
  readonly counts: readonly ProcessCounts[];
  /** Time that keel needed for it. */
  readonly tookNs: number;
}

/** Measured apart from the sweep, because it costs the target: by process. */
export interface Measured {
  readonly stallNs: (tgid: number) => Maybe<number> | null;
  /** By its key. */
  readonly latePct: (key: string) => Observed;
}

/** A quota works in periods of 100 ms; ten seconds hold a hundred of them. */
const THROTTLING_EVERY_NS = 10_000_000_000n;

export class Observer {
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #sweeper: TaskSweeper;
  readonly #groups = new ThreadGroups();
  readonly #counter = new ProcessCounter();
  #watched: WatchedProcesses;
  #sweepObstacle: Missing | null = null;
  #lastWatched: readonly WatchedProcess[] = [];
  #before: { readonly monotonicNs: bigint; readonly machine: MachineReading } | null = null;
  /** Of the last observation, by place: of a process that goes on doing nothing it is still true. */
  #seen: readonly SeenProcess[] = [];
  #throttling: { readonly readNs: bigint; readonly groups: ReadonlyMap<number, CgroupReading> } | null = null;
  #throttledPct: ReadonlyMap<string, Maybe<number>> = new Map();

  /** @param sweeper closed with the observer; without one, the best that there is */
  constructor(host: Host, clock: Clock, targets: readonly TargetConfig[], sweeper?: TaskSweeper) {
    this.#host = host;
    this.#clock = clock;
    this.#sweeper = sweeper ?? openSweeper(host, clock);
    this.#watched = new WatchedProcesses(host, targets);
  }

  /** As of the last observation. */
  get watched(): readonly WatchedProcess[] {
    return this.#lastWatched;
  }

  /** Why not by BPF, as of the last observation; null where it is. */
  get sweepObstacle(): Missing | null {
    return this.#sweepObstacle;
  }

  /** Processes whose program this user may not know. */
  get hiddenPrograms(): number {
    return this.#watched.hidden;
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
    const { threads, because } = this.#sweeper.sweep();
    this.#sweepObstacle = because;
    const groups = this.#groups.update(threads);
    const watched = this.#watched.update(groups, bootNs);
    this.#lastWatched = watched;
    const counts = this.#count(groups, watched);
    const machine = this.#readMachine();
    const before = this.#before;
    this.#before = { monotonicNs, machine };
    this.#readThrottling(monotonicNs, watched);
    const elapsedNs = before === null ? 0 : Number(monotonicNs - before.monotonicNs);
    if (before === null || elapsedNs <= 0) return null;
    this.#seen = this.#see(counts, elapsedNs, measured);
    const observation: Observation = {
      monotonicNs,
      unixMs: this.#clock.unixMs(),
      elapsedNs,
      processes: this.#seen.map(({ process }) => process),
      machine: this.#machine(computeMachineInterval(before.machine, machine, elapsedNs), elapsedNs, bootNs),
    };
    return { observation, counts, tookNs: Number(this.#clock.monotonicNs() - monotonicNs) };
  }

  close(): void {
    this.#sweeper.close();
  }

  #count(
    groups: ReadonlyMap<number, ThreadGroup>,
    watched: readonly WatchedProcess[],
  ): readonly ProcessCounts[] {
    return this.#counter.count(groups, watched, (pid) => {
      const stat = orNull(this.#host.read(processStat, { pid }));
      return stat === null ? null : { minor: stat.minorFaults, major: stat.majorFaults };
    });
  }

  /** Both lists are in the same order; counts may lack some. */
  #see(counts: readonly ProcessCounts[], elapsedNs: number, measured: Measured): readonly SeenProcess[] {
    let at = 0;
    return counts.map((one, i) => {
      while (this.#lastWatched[at]?.tgid !== one.tgid) at += 1;
      const watched = this.#lastWatched[at] as WatchedProcess;
      const apart = {
        stallNs: measured.stallNs(one.tgid),
        latePct: measured.latePct(watched.key),
        throttledPct: this.#throttledPct.get(watched.cgroup) ?? null,
      };
      const before = this.#seen[i];
      const isSame = before?.counts === one && before.watched === watched && isNoOther(before.process, apart);
      return isSame ? before : { counts: one, watched, process: observed(one, watched, elapsedNs, apart) };
    });
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

function openSweeper(host: Host, clock: Clock): TaskSweeper {
  const sweeper = openTaskSweeper(host, undefined, clock);
  if (isMissing(sweeper)) throw new Error('a sweep from /proc is always possible');
  return sweeper;
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

interface SeenProcess {
  readonly counts: ProcessCounts;
  readonly watched: WatchedProcess;
  readonly process: ObservedProcess;
}

/** What the counts of its threads do not say. */
interface MeasuredApart {
  readonly stallNs: Observed;
  readonly latePct: Observed;
  readonly throttledPct: Observed;
}

function isNoOther({ latePct, throttledPct }: ObservedProcess, apart: MeasuredApart): boolean {
  return apart.stallNs === null && apart.latePct === latePct && apart.throttledPct === throttledPct;
}

function observed(
  counts: ProcessCounts,
  { key, program, unit, target }: WatchedProcess,
  elapsedNs: number,
  { stallNs, latePct, throttledPct }: MeasuredApart,
): ObservedProcess {
  const { tgid, main, threads } = counts;
  const rate = (count: Maybe<number>) => mapMaybe(count, (value) => perSec(value, elapsedNs));
  const share = (ns: Maybe<number>) => mapMaybe(ns, (value) => (100 * value) / elapsedNs);
  return {
    key,
    tgid,
    comm: main.comm,
    program,
    unit,
    target: target?.name ?? '',
    startNs: Number(main.startNs),
    minorPerSec: rate(counts.minorFaults),
    majorPerSec: rate(counts.majorFaults),
    runDelayPct: share(counts.runDelayNs),
    stallPct: stallNs === null ? null : share(stallNs),
    latePct,
    throttledPct,
    swapBytes: mapMaybe(main.memory, (memory) => memory.swapBytes),
    strayThreads: strayThreads(threads, target),
  };
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
