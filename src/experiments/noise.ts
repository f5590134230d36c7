/** `keel bench noise`: how much of its CPU a busy thread does not get, and who has it instead. */
import type { CpuSet } from '../base/cpu-set.ts';
import type { Topology } from '../model/topology.ts';
import { threadId } from '../native/thread-usage.ts';
import type { Bench, CpuNoise, Experiment, NoiseWatch } from './experiment.ts';
import { type Gaps, watchGaps } from './kernels/gaps.ts';
import { type NoiseRun, noiseReport } from './reports/noise.ts';
import { type PinnedWorker, type Usage, withWorkers } from './workers/pinned-worker.ts';

const DEFAULT_NS = 5e9;
/** A busy thread each; more at once would be a load of its own on a large machine. */
const MOST_AT_ONCE = 16;

type Job = { readonly task: 'who' } | { readonly task: 'watch'; readonly durationNs: number };

/** The TID, or the gaps. */
type Answer = number | Gaps;

export default {
  name: 'noise',
  takes: ['for'],
  defaultCpus: 'all',
  expectedNs: ({ forNs }) => forNs ?? DEFAULT_NS,
  async run(bench) {
    const turns = turnsOf(bench.cpus, bench.allowed, bench.topology);
    const durationNs = (bench.forNs ?? DEFAULT_NS) / turns.length;
    const runs: NoiseRun[] = [];
    let watch: NoiseWatch | null = null;
    for (const cpus of turns) {
      const turn = await watchTurn(bench, cpus, durationNs);
      watch = turn.watch;
      runs.push(...turn.runs);
    }
    return noiseReport(bench, runs, watch);
  },
  work(job) {
    return job.task === 'who' ? threadId() : watchGaps(job.durationNs);
  },
} satisfies Experiment<Job, Answer>;

/**
 * The CPUs in turns, so that one core at least stays free for everybody else, keel included, wherever there are two.
 * With all of them busy the machine would disturb itself, and that would be measured.
 */
export function turnsOf(cpus: CpuSet, allowed: CpuSet, topology: Topology): readonly (readonly number[])[] {
  const core = Math.max(1, ...topology.groups.core.map((group) => group.cpus.size));
  const most = Math.max(1, Math.min(MOST_AT_ONCE, allowed.size - core));
  const turns = Math.ceil(cpus.size / most);
  const perTurn = Math.ceil(cpus.size / turns);
  return Array.from({ length: turns }, (_, i) => cpus.ids().slice(i * perTurn, (i + 1) * perTurn)).filter(
    (turn) => turn.length > 0,
  );
}

async function watchTurn(bench: Bench, cpus: readonly number[], durationNs: number) {
  return withWorkers(cpus.length as number, bench.startWorker, async (workers) => {
    const pairs = workers.map((worker, i) => ({ worker, cpu: cpus[i] as number }));
    const threads = await Promise.all(
      pairs.map(async ({ worker, cpu }) => ({
        cpu,
        tid: (await ask<number>(worker, cpu, { task: 'who' })).answer,
      })),
    );
    const watch = bench.watchNoise(threads);
    const done = await Promise.all(
      pairs.map(({ worker, cpu }) => ask<Gaps>(worker, cpu, { task: 'watch', durationNs })),
    ).finally(() => watch.stop());
    const noise = watch.read();
    const runs = done.flatMap(({ answer, usage }, i): NoiseRun[] => runOf(cpus[i], answer, usage, noise));
    return { watch, runs };
  });
}

function ask<T extends Answer>(worker: PinnedWorker, cpu: number, job: Job) {
  return worker.run<T>({ cpu, node: null }, job);
}

function runOf(
  cpu: number | undefined,
  gaps: Gaps,
  usage: Usage,
  noise: ReadonlyMap<number, CpuNoise>,
): NoiseRun[] {
  const charged = cpu === undefined ? undefined : noise.get(cpu);
  return cpu === undefined || charged === undefined ? [] : [{ cpu, gaps, usage, noise: charged }];
}
