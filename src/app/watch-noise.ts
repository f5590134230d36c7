/**
 * Charges what takes CPUs from threads of ours: by BPF exactly and by kind; else from /proc, where run delay tells the
 * other tasks and nothing tells interrupts from softirqs.
 */
import { isMissing, type Maybe, mapMaybe, missing, orNull } from '../base/missing.ts';
import { type BuiltCpuNoise, cpuNoise, watchedEntry } from '../bpf/programs/cpu-noise.ts';
import type { CpuNoise, NoiseThread, NoiseWatch } from '../experiments/experiment.ts';
import type { Host } from '../host/host.ts';
import { type InterruptLine, interrupts } from '../kernel/irq/interrupts.ts';
import { machineStat } from '../kernel/proc/stat.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import { pinned, updateElement } from '../native/bpf.ts';
import { type LoadedProgram, loadBpf } from './load-bpf.ts';
import { attachTracepoints, mapFd, readTable } from './run-bpf.ts';

/** @param host the running machine */
export function watchNoise(host: Host, threads: readonly NoiseThread[]): NoiseWatch {
  const loaded = loadBpf(host, cpuNoise, { cpus: threads.length });
  const before = readFiles(host, threads);
  if (!isMissing(loaded)) start(loaded, threads);
  let after: Files | null = null;
  let charged: ReadonlyMap<number, KernelNoise> = new Map();
  return {
    obtainedBy: isMissing(loaded) ? 'proc' : 'bpf',
    because: isMissing(loaded) ? loaded : null,
    stop() {
      after = readFiles(host, threads);
      if (isMissing(loaded)) return;
      charged = new Map(readTable(loaded, loaded.built.watched).map((one) => [Number(one.cpu), one]));
      loaded.close();
    },
    read: () =>
      new Map(
        threads.map(({ cpu }) => [cpu, noiseOf(cpu, before, after ?? before, charged.get(cpu), loaded)]),
      ),
  };
}

function start(loaded: LoadedProgram<BuiltCpuNoise>, threads: readonly NoiseThread[]): void {
  for (const { cpu, tid } of threads) {
    const { key, value } = watchedEntry(cpu, tid);
    updateElement(mapFd(loaded, loaded.built.watched.name), pinned(key), pinned(value));
  }
  attachTracepoints(loaded);
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
): CpuNoise {
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
