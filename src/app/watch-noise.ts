/**
 * Charges what takes CPUs from threads of ours: by BPF exactly and by kind; else from /proc, where run delay tells the
 * other tasks and nothing tells interrupts from softirqs.
 */
import { isMissing, type Maybe, mapMaybe, missing, orNull } from '../base/missing.ts';
import { type BuiltCpuNoise, cpuNoise, watchedEntry } from '../bpf/programs/cpu-noise.ts';
import type { CpuNoise, NoiseThread, NoiseWatch } from '../experiments/experiment.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { type InterruptLine, interrupts } from '../kernel/irq/interrupts.ts';
import { machineStat } from '../kernel/proc/stat.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import { pinned, updateElement } from '../native/bpf.ts';
import { type LoadedProgram, loadBpf } from './load-bpf.ts';
import { NoisePieceRings } from './noise-pieces.ts';
import { attachTracepoints, mapFd, readTable } from './run-bpf.ts';

/** @param host the running machine */
export function watchNoise(host: Host, threads: readonly NoiseThread[]): NoiseWatch {
  const loaded = loadBpf(host, cpuNoise, { cpus: threads.length, possibleCpus: possibleCpus(host) });
  const before = readFiles(host, threads);
  const rings = mapMaybe(loaded, (program) => start(host, program, threads));
  let after: Files | null = null;
  let charged: ReadonlyMap<number, KernelNoise> = new Map();
  return {
    obtainedBy: isMissing(loaded) ? 'proc' : 'bpf',
    because: isMissing(loaded) ? loaded : null,
    stop() {
      after = readFiles(host, threads);
      if (isMissing(loaded) || isMissing(rings)) return;
      charged = new Map(readTable(loaded, loaded.built.watched).map((one) => [Number(one.cpu), one]));
      loaded.close();
      rings.drain();
      rings[Symbol.dispose]();
    },
    read: () =>
      new Map(
        threads.map(({ cpu }) => [
          cpu,
          {
            ...noiseOf(cpu, before, after ?? before, charged.get(cpu), loaded),
            pieces: mapMaybe(rings, (taken) => taken.of(cpu)),
          },
        ]),
      ),
  };
}

/** One more than the highest number. */
function possibleCpus(host: Host): number {
  const possible = orNull(host.read(cpusInState, { state: 'possible' }));
  const online = orNull(host.read(cpusInState, { state: 'online' }));
  return ((possible ?? online)?.last ?? 0) + 1;
}

/** @throws KernelError */
function start(
  host: Host,
  loaded: LoadedProgram<BuiltCpuNoise>,
  threads: readonly NoiseThread[],
): NoisePieceRings {
  const rings = openRings(host, loaded, threads);
  for (const { cpu, tid } of threads) {
    const { key, value } = watchedEntry(cpu, tid);
    updateElement(mapFd(loaded, loaded.built.watched.name), pinned(key), pinned(value));
  }
  try {
    attachTracepoints(loaded);
    return rings;
  } catch (error) {
    rings[Symbol.dispose]();
    throw error;
  }
}

function openRings(host: Host, loaded: LoadedProgram<BuiltCpuNoise>, threads: readonly NoiseThread[]) {
  try {
    return new NoisePieceRings(
      host,
      loaded,
      threads.map(({ cpu }) => cpu),
    );
  } catch (error) {
    loaded.close();
    throw error;
  }
}

interface KernelNoise {
  readonly interruptNs: bigint;
  readonly softirqNs: bigint;
  readonly tasksNs: bigint;
}

interface Files {
  readonly stat: ReturnType<typeof readStat>;
  readonly lines: Maybe<readonly InterruptLine[]>;
  readonly runDelayNs: ReadonlyMap<number, Maybe<bigint>>;
}

function readFiles(host: Host, threads: readonly NoiseThread[]): Files {
  const delays = threads.map(({ cpu, tid }): [number, Maybe<bigint>] => [
    cpu,
    mapMaybe(host.read(threadSchedstat, { pid: process.pid, tid }), ({ runDelayNs }) => runDelayNs),
  ]);
  return { stat: readStat(host), lines: host.read(interrupts), runDelayNs: new Map(delays) };
}

function readStat(host: Host) {
  return host.read(machineStat);
}

function noiseOf(
  cpu: number,
  before: Files,
  after: Files,
  charged: KernelNoise | undefined,
  loaded: Maybe<unknown>,
): Omit<CpuNoise, 'pieces'> {
  const unknown = isMissing(loaded) ? loaded : missing('absent', `CPU ${cpu}`, 'BPF saw nothing there');
  return {
    interruptNs: charged === undefined ? unknown : Number(charged.interruptNs),
    softirqNs: charged === undefined ? unknown : Number(charged.softirqNs),
    tasksNs: charged === undefined ? delayBetween(cpu, before, after) : Number(charged.tasksNs),
    stealNs: stealBetween(cpu, before, after),
    interrupts: interruptsBetween(cpu, before, after),
  };
}

function delayBetween(cpu: number, before: Files, after: Files): Maybe<number> {
  const [from, to] = [before, after].map(({ runDelayNs }) => runDelayNs.get(cpu));
  if (from === undefined || to === undefined) return missing('absent', 'schedstat');
  return mapMaybe(to, (later) => (isMissing(from) ? from : Number(later - from)));
}

function stealBetween(cpu: number, before: Files, after: Files): Maybe<number> {
  return mapMaybe(after.stat, ({ cpus }): Maybe<number> => {
    const [from, to] = [orNull(before.stat)?.cpus.get(cpu), cpus.get(cpu)];
    if (from === undefined || to === undefined) return missing('absent', `steal of CPU ${cpu}`);
    return Number(to.stealNs - from.stealNs);
  });
}

function interruptsBetween(cpu: number, before: Files, after: Files): CpuNoise['interrupts'] {
  const earlier = new Map(orNull(before.lines)?.map((line) => [line.name, line.counts.get(cpu)]));
  return (orNull(after.lines) ?? [])
    .flatMap(({ name, device, counts }) => {
      const [from, to] = [earlier.get(name), counts.get(cpu)];
      const count = from === undefined || to === undefined ? 0 : Number(to - from);
      return count > 0 ? [{ name: shortName(name, device), count }] : [];
    })
    .sort((a, b) => b.count - a.count);
}

/** A device by its own name, which stands last; the CPU's own interrupts by what they are for. */
function shortName(name: string, device: string): string {
  if (!/^\d+$/.test(name)) return device.replace(/ interrupts?$/, '') || name;
  return device.split(' ').at(-1) || name;
}
