/** `keel bench cache`: nanoseconds a load by working-set size: a plateau for each cache, then memory. */
import type { Gap } from '../base/missing.ts';
import { GIB, KIB, MIB } from '../base/units.ts';
import { lastLevelCache } from '../model/topology.ts';
import { placesOf, remoteGap } from './conditions/places.ts';
import { fittingBytes } from './conditions/size.ts';
import type { Bench, Experiment, PageChoice } from './experiment.ts';
import { chase, layPath } from './kernels/chase.ts';
import { type CacheRun, cacheReport } from './reports/cache.ts';
import { type Backing, makeArea, wordsOf } from './workers/area.ts';
import { type Place, withWorkers } from './workers/pinned-worker.ts';

const SMALLEST_BYTES = 16 * KIB;
/** From here on one size an octave and one visit: laying the path takes longer than following it. */
const LARGE_BYTES = 32 * MIB;
const MOST_BYTES = GIB;
const REPETITIONS = 3;
const SAMPLES = 60;
const FEWEST_SAMPLES = 8;
/** Long against the clock's 50 ns, short against a time slice, so that most samples lie between two interruptions. */
const SAMPLE_NS = 150_000;
/** Of one CPU with the default ladder, measured. */
const EXPECTED_NS = 2.5e9;

interface Job {
  readonly areaBytes: number;
  readonly pages: PageChoice;
  readonly visits: readonly number[];
  readonly samples: number;
  /** On a CPU that others hold, fewer samples are taken from here on. */
  readonly mostNs: number;
  readonly seed: number;
}

interface Answer {
  readonly backing: Backing;
  /** In the order of the visits. */
  readonly nsPerLoad: readonly (readonly number[])[];
}

export default {
  name: 'cache',
  takes: ['for', 'size', 'pages'],
  defaultCpus: 'each-kind',
  expectedNs: ({ cpus, forNs }) => forNs ?? cpus.size * EXPECTED_NS,
  async run(bench) {
    const largestBytes = fittingBytes(bench, defaultLargest(bench), SMALLEST_BYTES);
    const sizes = ladder(largestBytes);
    const samples = samplesFor(bench);
    const runs: CacheRun[] = [];
    const gaps: Gap[] = [];
    for (const { cpu, node, own } of placesOf(bench)) {
      const visits = node === null ? visitsOf(sizes) : sizes.slice(-2);
      const mostNs = (2 * EXPECTED_NS * samples) / SAMPLES;
      const job: Job = {
        areaBytes: largestBytes,
        pages: bench.pages,
        visits,
        samples,
        mostNs,
        seed: bench.seed,
      };
      try {
        runs.push({
          cpu,
          node: node ?? own,
          isLocal: node === null,
          ...(await measure(bench, { cpu, node }, job)),
        });
      } catch (error) {
        gaps.push(remoteGap(cpu, node, error));
      }
    }
    return cacheReport(bench, runs, gaps, REPETITIONS);
  },
  work({ areaBytes, pages, visits, samples, mostNs, seed }) {
    const until = performance.now() + mostNs / 1e6;
    const area = makeArea(areaBytes, pages);
    const words = wordsOf(area);
    warmUp(words);
    const nsPerLoad = visits.map((bytes, i) => {
      layPath(words, bytes, seed + i);
      return sampleChase(words, performance.now() < until ? samples : FEWEST_SAMPLES);
    });
    return { backing: area.backing, nsPerLoad };
  },
} satisfies Experiment<Job, Answer>;

/** More or fewer samples where the user wants it longer or shorter; the paths take their time anyway. */
function samplesFor({ cpus, forNs }: Bench): number {
  const factor = forNs === null ? 1 : forNs / (cpus.size * EXPECTED_NS);
  return Math.round(SAMPLES * Math.min(10, Math.max(0.2, factor)));
}

/** Twice the largest cache shows memory; more than 1 GiB would take long to lay. */
function defaultLargest({ topology, cpus }: Bench): number {
  const caches = topology.cpus.filter(({ cpu }) => cpus.has(cpu)).map(lastLevelCache);
  const largest = Math.max(32 * MIB, ...caches.map((cache) => cache?.sizeBytes ?? 0));
  return Math.min(MOST_BYTES, largest * 2);
}

/** 16, 24, 32, 48 KiB and on: two sizes an octave, one for large sizes; the largest is always in. */
export function ladder(largestBytes: number): readonly number[] {
  const sizes: number[] = [];
  for (let bytes = SMALLEST_BYTES; bytes < largestBytes; bytes *= 2) {
    sizes.push(bytes);
    if (bytes < LARGE_BYTES && bytes * 1.5 < largestBytes) sizes.push(bytes * 1.5);
  }
  return [...sizes, largestBytes];
}

/** Up and down and up again, so that no size always comes after a smaller one; large ones once. */
function visitsOf(sizes: readonly number[]): readonly number[] {
  const small = sizes.filter((bytes) => bytes <= LARGE_BYTES);
  const rounds = Array.from({ length: REPETITIONS - 1 }, (_, i) =>
    i % 2 === 0 ? small.toReversed() : small,
  );
  return [...sizes, ...rounds.flat()];
}

async function measure(bench: Bench, place: Place, job: Job) {
  return withWorkers(1, bench.startWorker, async ([worker]) => {
    const { answer, usage } = await worker.run<Answer>(place, job);
    const bySize = new Map<number, number[]>();
    job.visits.forEach((bytes, i) => {
      bySize.set(bytes, [...(bySize.get(bytes) ?? []), ...(answer.nsPerLoad[i] ?? [])]);
    });
    return { usage, backing: answer.backing, bySize };
  });
}

const WARM_UP_LOADS = 2_000_000;

/** The loop is compiled while it runs: the first sizes would pay for it. */
function warmUp(words: Int32Array): void {
  layPath(words, SMALLEST_BYTES, 1);
  let at = 0;
  for (let left = WARM_UP_LOADS; left > 0; left -= 20_000) at = chase(words, at, 20_000);
}

/** Nanoseconds a load, sample by sample. The first walk finds how many loads make a sample. */
function sampleChase(words: Int32Array, samples: number): readonly number[] {
  const trial = 4_000;
  let began = performance.now();
  let at = chase(words, 0, trial);
  const trialNs = (performance.now() - began) * 1e6;
  const loads = 8 * Math.max(32, Math.round((SAMPLE_NS / Math.max(trialNs, 1)) * (trial / 8)));
  return Array.from({ length: samples }, () => {
    began = performance.now();
    at = chase(words, at, loads);
    return ((performance.now() - began) * 1e6) / loads;
  });
}
