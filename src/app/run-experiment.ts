/** Runs an experiment on this machine, and notes the conditions under which it ran. */
import { CpuSet } from '../base/cpu-set.ts';
import { KeelError } from '../base/errors.ts';
import { type Maybe, mapMaybe, missing, orNull, present } from '../base/missing.ts';
import { nearest } from '../base/nearest.ts';
import type { Bench, Experiment, ExperimentEntry, PageChoice } from '../experiments/experiment.ts';
import { EXPERIMENTS } from '../experiments/index.ts';
import type { Report } from '../experiments/report.ts';
import { PinnedWorker, takenRatio } from '../experiments/workers/pinned-worker.ts';
import type { Host } from '../host/host.ts';
import { machineMemory } from '../kernel/proc/meminfo.ts';
import { cpuPressure } from '../kernel/proc/pressure.ts';
import { machineStat } from '../kernel/proc/stat.ts';
import { representativeCpus } from '../model/representative-cpus.ts';
import type { Topology } from '../model/topology.ts';
import type { Clock } from './clock.ts';
import { openCgroups } from './read-cgroup.ts';
import { readLocking } from './read-locking.ts';
import { readTopology } from './read-topology.ts';
import { resolveCpus } from './resolve-cpus.ts';
import { watchNoise } from './watch-noise.ts';

export interface ExperimentRequest {
  /** A CPU set; null for the experiment's own choice. */
  readonly cpus: string | null;
  readonly forNs: number | null;
  readonly sizeBytes: number | null;
  /** null for the experiment's own choice. */
  readonly pages: PageChoice | null;
  readonly repetitions?: number | null;
  readonly strideBytes?: number | null;
  readonly signal: AbortSignal;
}

/** What a figure depends on besides what was measured. */
export interface Conditions {
  readonly cpus: CpuSet;
  readonly model: string | null;
  readonly release: string | null;
  readonly pages: PageChoice;
  /** Of the memory measured, what really was in huge pages, at the least; null where none was measured. */
  readonly hugePct: number | null;
  /** Of the kernel's small pages. */
  readonly pageBytes: number | null;
  /** Of the CPUs measured; empty where the kernel tells of none. */
  readonly governors: readonly string[];
  readonly repetitions: number;
  readonly elapsedNs: number;
  /** Share of the measuring time in which others had the CPU. */
  readonly takenPct: number;
  /** Times that a measuring thread was taken off its CPU. */
  readonly involuntarySwitches: number;
  /** Share of the time in which some task of the machine waited for a CPU, ours too. */
  readonly cpuPressurePct: Maybe<number>;
  /** Of the machine's CPU time, by the hypervisor. */
  readonly stealPct: Maybe<number>;
}

export interface ExperimentResult {
  readonly experiment: Experiment;
  readonly report: Report;
  readonly conditions: Conditions;
}

/** For help, in the order of the registry. */
export const EXPERIMENT_LIST: readonly Pick<ExperimentEntry, 'name' | 'summary'>[] = EXPERIMENTS;

/** @throws KeelError E_USAGE with the nearest name */
export async function findExperiment(name: string): Promise<Experiment> {
  const entry = EXPERIMENTS.find((one) => one.name === name);
  if (entry !== undefined) return entry.load();
  const names = EXPERIMENTS.map((one) => one.name);
  const near = nearest(name, names);
  throw new KeelError('E_USAGE', {
    what: { en: `there is no experiment "${name}"`, ko: `"${name}" 실험은 없습니다` },
    next: [
      ...(near === null ? [] : [{ en: `Did you mean: keel bench ${near}`, ko: `혹시: keel bench ${near}` }]),
      { en: `Experiments: ${names.join(', ')}`, ko: `실험: ${names.join(', ')}` },
    ],
  });
}

/** What the experiment will work with; how long it takes depends on it. */
export function prepareBench(
  host: Host,
  clock: Clock,
  experiment: Experiment,
  request: ExperimentRequest,
): Bench {
  const topology = readTopology(host);
  const allowed = (orNull(topology.allowed) ?? topology.online).intersect(topology.online);
  return {
    topology,
    allowed,
    cpus:
      request.cpus === null
        ? usualCpus(experiment, topology, allowed)
        : resolveCpus(host, request.cpus, { topology }),
    cpusAreChosen: request.cpus !== null,
    forNs: request.forNs,
    sizeBytes: request.sizeBytes,
    pages: request.pages ?? experiment.defaultPages ?? 'huge',
    repetitions: request.repetitions ?? null,
    strideBytes: request.strideBytes ?? null,
    availableBytes: readAvailable(host),
    seed: Number(clock.monotonicNs() & 0x7fff_ffffn),
    signal: request.signal,
    nowNs: () => Number(clock.monotonicNs()),
    startWorker: () => new PinnedWorker(experiment.name, request.signal),
    watchNoise: (threads) => watchNoise(host, threads),
    readLocking: (pid) => readLocking(host, pid),
  };
}

function usualCpus({ defaultCpus }: Experiment, topology: Topology, allowed: CpuSet): CpuSet {
  if (defaultCpus === 'all') return allowed;
  const kinds = representativeCpus(topology, allowed);
  return defaultCpus === 'one' ? CpuSet.from(kinds.ids().slice(0, 1)) : kinds;
}

export async function runExperiment(
  host: Host,
  clock: Clock,
  experiment: Experiment,
  bench: Bench,
): Promise<ExperimentResult> {
  const before = readMachine(host);
  const began = clock.monotonicNs();
  const report = await experiment.run(bench);
  const elapsedNs = Number(clock.monotonicNs() - began);
  const after = readMachine(host);
  const governed = bench.topology.cpus.filter(({ cpu }) => bench.cpus.has(cpu));
  return {
    experiment,
    report,
    conditions: {
      cpus: bench.cpus,
      model: bench.topology.model,
      release: host.facts.release,
      pages: bench.pages,
      hugePct: smallestOf(report.backings.map(({ hugeRatio }) => hugeRatio * 100)),
      pageBytes: host.facts.pageBytes,
      governors: [...new Set(governed.flatMap(({ frequency }) => frequency.governor ?? []))],
      repetitions: report.repetitions,
      elapsedNs,
      takenPct: takenRatio(report.usages) * 100,
      involuntarySwitches: report.usages.reduce((sum, usage) => sum + usage.involuntarySwitches, 0),
      cpuPressurePct: pressurePct(before.pressure, after.pressure, elapsedNs),
      stealPct: stealPct(before.stat, after.stat, bench.topology, elapsedNs),
    },
  };
}

function smallestOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}

function readMachine(host: Host) {
  return { pressure: host.read(cpuPressure), stat: host.read(machineStat) };
}

type Machine = ReturnType<typeof readMachine>;

function pressurePct(before: Machine['pressure'], after: Machine['pressure'], elapsedNs: number) {
  return mapMaybe(after, (later): Maybe<number> => {
    if (!present(before) || !before.some || !later.some) return missing('absent', 'PSI of CPUs');
    // The kernel adds up in steps of its own, so the share may come out a little above all of the time.
    return Math.min(100, (Number(later.some.totalUs - before.some.totalUs) * 1e5) / elapsedNs);
  });
}

function stealPct(before: Machine['stat'], after: Machine['stat'], topology: Topology, elapsedNs: number) {
  return mapMaybe(after, (later): Maybe<number> => {
    if (!present(before)) return before;
    return (Number(later.total.stealNs - before.total.stealNs) * 100) / (elapsedNs * topology.online.size);
  });
}

/** Of the machine, and of what the cgroup still allows. */
function readAvailable(host: Host): Maybe<number> {
  const machine = mapMaybe(
    host.read(machineMemory),
    ({ availableBytes }) => availableBytes ?? missing('absent', 'MemAvailable'),
  );
  const own = openCgroups(host).of(process.pid);
  const limit = present(own) ? orNull(own.memoryLimit) : null;
  const used = limit === null ? null : orNull(limit.usedBytes);
  if (limit === null || used === null) return machine;
  const left = Math.max(0, Number(limit.limitBytes - used));
  return present(machine) ? Math.min(machine, left) : left;
}
