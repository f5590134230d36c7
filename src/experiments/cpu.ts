/** `keel bench cpu`: fixed work on each CPU, again and again: how fast CPUs are, and how steady. */
import { SeededRandom } from '../stats/random.ts';
import type { Bench, Experiment } from './experiment.ts';
import { floatingWork, integerWork } from './kernels/work.ts';
import { cpuReport, type WorkVisit } from './reports/cpu.ts';
import { type Usage, withWorkers } from './workers/pinned-worker.ts';

/** Every CPU is visited in each round, in another order. */
const LEAST_ROUNDS = 5;
const MOST_ROUNDS = 1000;
const DEFAULT_NS = 4e9;
/** A visit works twice this long: on integers, then on floating numbers. */
const VISIT_NS = 12e6;
/** On CPUs that others hold, visits take longer: then there are fewer rounds. */
const PATIENCE_FACTOR = 1.5;
/** Some 300 µs a sample at 3 ns a step. */
const STEPS = 100_000;
const WARM_UP_STEPS = 3_000_000;

interface Job {
  readonly isFirst: boolean;
}

interface Answer {
  /** Nanoseconds a step, sample by sample. */
  readonly integer: readonly number[];
  readonly floating: readonly number[];
}

export default {
  name: 'cpu',
  takes: ['for'],
  defaultCpus: 'all',
  expectedNs: (bench) => roundsOf(bench) * bench.cpus.size * 2 * VISIT_NS,
  async run(bench) {
    const rounds = roundsOf(bench);
    const visits: WorkVisit[] = [];
    const usages: Usage[] = [];
    const began = bench.nowNs();
    const mostNs = rounds * bench.cpus.size * 2 * VISIT_NS * PATIENCE_FACTOR;
    await withWorkers(1, bench.startWorker, async ([worker]) => {
      for (let round = 0; round < rounds; round += 1) {
        if (round > 0 && bench.nowNs() - began > mostNs) break;
        for (const cpu of new SeededRandom(bench.seed + round).shuffled(bench.cpus.ids())) {
          const atNs = bench.nowNs() - began;
          const job: Job = { isFirst: visits.length === 0 };
          const { answer, usage } = await worker.run<Answer>({ cpu, node: null }, job);
          visits.push({ cpu, round, atNs, ...answer });
          usages.push(usage);
        }
      }
    });
    return cpuReport(bench.cpus, visits, usages);
  },
  work({ isFirst }) {
    // The loops are compiled while they run for the first time.
    if (isFirst) keep(integerWork(WARM_UP_STEPS, 1) + floatingWork(WARM_UP_STEPS, 1));
    return { integer: sample(integerWork), floating: sample(floatingWork) };
  },
} satisfies Experiment<Job, Answer>;

function roundsOf({ cpus, forNs }: Bench): number {
  const rounds = Math.round((forNs ?? DEFAULT_NS) / (cpus.size * 2 * VISIT_NS));
  return Math.min(MOST_ROUNDS, Math.max(forNs === null ? LEAST_ROUNDS : 1, rounds));
}

function sample(work: (steps: number, seed: number) => number): readonly number[] {
  const samples: number[] = [];
  const end = performance.now() + VISIT_NS / 1e6;
  let state = 1;
  for (let now = performance.now(); now < end; ) {
    state = work(STEPS, state);
    const after = performance.now();
    samples.push(((after - now) * 1e6) / STEPS);
    now = after;
  }
  keep(state);
  return samples;
}

/** What is not used may be left out by the compiler. */
let kept = 0;
function keep(value: number): void {
  kept += value;
  if (Number.isNaN(kept)) throw new Error('the work went wrong');
}
