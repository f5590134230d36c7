/** `keel bench c2c`: how long a cache line takes from one CPU to another, for pairs of CPUs. */
import { KeelError } from '../base/errors.ts';
import { CPU_DISTANCES, cpuDistance } from '../model/cpu-distance.ts';
import { SeededRandom } from '../stats/random.ts';
import type { Bench, Experiment } from './experiment.ts';
import { answer, makeBall, serve } from './kernels/ping-pong.ts';
import { c2cReport, type PairRun } from './reports/c2c.ts';
import { type PinnedWorker, type Usage, withWorkers } from './workers/pinned-worker.ts';

/** One sample is some 40 to 200 µs: short against a time slice, long against the clock. */
const TRIPS = 400;
const SAMPLES = 100;
/** Each pair is met so often, far apart in time. */
const VISITS = 3;
/** On a machine of many CPUs the rest of the pairs is left out; which, is drawn within each class. */
const DEFAULT_NS = 20e9;
/** A visit of a pair whose CPUs nobody else wants. */
const VISIT_NS = 20e6;
/** Where one of the two is taken, both wait; a visit ends then. */
const MOST_VISIT_NS = 250e6;

export interface Pair {
  readonly a: number;
  readonly b: number;
}

type Job =
  | { readonly side: 'serve'; readonly memory: WebAssembly.Memory }
  | { readonly side: 'answer'; readonly memory: WebAssembly.Memory };

export default {
  name: 'c2c',
  takes: ['for'],
  defaultCpus: 'all',
  expectedNs: (bench) =>
    bench.forNs ?? Math.min(DEFAULT_NS, pairsOf(bench.cpus.ids()).length * VISITS * VISIT_NS * 2),
  async run(bench) {
    if (bench.cpus.size < 2) throw needsTwo(bench);
    const order = drawOrder(bench);
    const until = bench.nowNs() + (bench.forNs ?? DEFAULT_NS);
    const runs = new Map<Pair, PairRun>();
    await withWorkers(2, bench.startWorker, async ([server, answerer]) => {
      for (let visit = 0; visit < VISITS; visit += 1) {
        for (const pair of visit === 0
          ? order
          : new SeededRandom(bench.seed + visit).shuffled([...runs.keys()])) {
          if (bench.nowNs() > until && (visit > 0 || runs.size > 0)) break;
          // Each of the two serves in turn.
          const [a, b] = visit % 2 === 0 ? [pair.a, pair.b] : [pair.b, pair.a];
          const { samples, usages } = await meet(server, answerer, a, b);
          const before = runs.get(pair);
          runs.set(pair, {
            ...pair,
            visits: [...(before?.visits ?? []), samples],
            usages: [...(before?.usages ?? []), ...usages],
          });
        }
      }
    });
    return c2cReport(bench, [...runs.values()], order.length, VISITS);
  },
  work({ side, memory }) {
    if (side === 'serve') return serve(memory, SAMPLES, TRIPS, performance.now() + MOST_VISIT_NS / 1e6);
    answer(memory);
    return [];
  },
} satisfies Experiment<Job, readonly number[]>;

async function meet(
  server: PinnedWorker,
  answerer: PinnedWorker,
  a: number,
  b: number,
): Promise<{ readonly samples: readonly number[]; readonly usages: readonly Usage[] }> {
  const memory = makeBall();
  const [served, answered] = await Promise.all([
    server.run<readonly number[]>({ cpu: a, node: null }, { side: 'serve', memory } satisfies Job),
    answerer.run({ cpu: b, node: null }, { side: 'answer', memory } satisfies Job),
  ]);
  return { samples: served.answer, usages: [served.usage, answered.usage] };
}

export function pairsOf(cpus: readonly number[]): readonly Pair[] {
  return cpus.flatMap((a, i) => cpus.slice(i + 1).map((b) => ({ a, b })));
}

/** All pairs, one of each class in turn, so that a run that ends early has some of every class. */
export function drawOrder({
  topology,
  cpus,
  seed,
}: Pick<Bench, 'topology' | 'cpus' | 'seed'>): readonly Pair[] {
  const byCpu = new Map(topology.cpus.map((cpu) => [cpu.cpu, cpu]));
  const classes = CPU_DISTANCES.map((): Pair[] => []);
  for (const pair of new SeededRandom(seed).shuffled(pairsOf(cpus.ids()))) {
    const [a, b] = [byCpu.get(pair.a), byCpu.get(pair.b)];
    if (a !== undefined && b !== undefined) classes[CPU_DISTANCES.indexOf(cpuDistance(a, b))]?.push(pair);
  }
  const longest = Math.max(...classes.map((pairs) => pairs.length));
  return Array.from({ length: longest }, (_, i) => classes.flatMap((pairs) => pairs[i] ?? [])).flat();
}

function needsTwo({ cpus, allowed }: Bench): KeelError {
  return new KeelError(allowed.size < 2 ? 'E_UNSUPPORTED' : 'E_USAGE', {
    what: {
      en: `the way between CPUs needs two of them, and ${cpus.isEmpty ? 'none is' : `only ${cpus} is`} there to measure`,
      ko: `CPU 사이를 재려면 CPU가 둘 필요한데 ${cpus.isEmpty ? '하나도 없습니다' : `${cpus}뿐입니다`}`,
    },
    next:
      allowed.size < 2
        ? []
        : [{ en: `Such as: keel bench c2c --cpus ${allowed}`, ko: `예: keel bench c2c --cpus ${allowed}` }],
  });
}
