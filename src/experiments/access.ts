/**
 * `keel bench access`: the same memory written in order, at random, with a stride and once a page; each untouched, and
 * each with its pages brought in before. What the faults cost is the difference, and nothing else is.
 */
import { MIB } from '../base/units.ts';
import { lastLevelCache } from '../model/topology.ts';
import { fittingBytes } from './conditions/size.ts';
import type { Experiment, PageChoice } from './experiment.ts';
import {
  type AccessRun,
  accessReport,
  PATTERNS,
  type Pattern,
  type PatternSamples,
} from './reports/access.ts';
import { hugeRatioOf, nodesOf } from './workers/area.ts';
import { FreshArea, type Phase, phaseOf, WORD_BYTES, wholePages } from './workers/fresh-area.ts';
import { withWorkers } from './workers/pinned-worker.ts';

const DEFAULT_BYTES = 64 * MIB;
/** Fewer pages than that would be noise. */
const LEAST_BYTES = MIB;
const DEFAULT_REPETITIONS = 7;
const DEFAULT_STRIDE_BYTES = 64;
/** Of all patterns once, a byte; measured: nine tenths of it is the random order. */
const EXPECTED_NS_PER_BYTE = 9;

interface Job {
  readonly bytes: number;
  readonly pages: PageChoice;
  readonly repetitions: number;
  readonly strideBytes: number;
  readonly seed: number;
  /** On a CPU that others hold, the repetitions after the first are left out. */
  readonly mostNs: number;
}

type Answer = Omit<AccessRun, 'cpu' | 'usage'>;

export default {
  name: 'access',
  takes: ['size', 'pages', 'repeats', 'stride'],
  defaultCpus: 'one',
  defaultPages: 'small',
  expectedNs: ({ sizeBytes, repetitions, cpus }) =>
    cpus.size *
    (1 + (repetitions ?? DEFAULT_REPETITIONS)) *
    (sizeBytes ?? DEFAULT_BYTES) *
    EXPECTED_NS_PER_BYTE,
  async run(bench) {
    const { cpus, pages, seed, topology } = bench;
    const bytes = fittingBytes(bench, DEFAULT_BYTES, LEAST_BYTES);
    const repetitions = bench.repetitions ?? DEFAULT_REPETITIONS;
    const stride = Math.min(bench.strideBytes ?? DEFAULT_STRIDE_BYTES, bytes);
    const strideBytes = Math.ceil(stride / WORD_BYTES) * WORD_BYTES;
    const mostNs = 3 * (1 + repetitions) * bytes * EXPECTED_NS_PER_BYTE;
    const job: Job = { bytes, pages, repetitions, strideBytes, seed, mostNs };
    const runs: AccessRun[] = [];
    for (const cpu of cpus.ids()) {
      const done = await withWorkers(1, bench.startWorker, ([worker]) =>
        worker.run<Answer>({ cpu, node: null }, job),
      );
      runs.push({ cpu, usage: done.usage, ...done.answer });
    }
    const caches = topology.cpus.filter(({ cpu }) => cpus.has(cpu)).map(lastLevelCache);
    const largestCacheBytes = Math.max(0, ...caches.map((cache) => cache?.sizeBytes ?? 0));
    return accessReport(runs, { pages, strideBytes, largestCacheBytes });
  },
  work({ bytes, pages, repetitions, strideBytes, seed, mostNs }) {
    const until = performance.now() + mostNs / 1e6;
    const area = new FreshArea(wholePages(bytes, pages));
    // The first call of each function of libc takes page faults of its own.
    phaseOf(() => area.renew(pages));
    // The machine gives a page that it gave before more quickly, above all a virtual one.
    area.renew(pages);
    area.populate();
    const samples: Record<Pattern, PatternSamples> = emptySamples();
    for (let round = 0; round < repetitions && (round === 0 || performance.now() < until); round += 1) {
      for (let i = 0; i < PATTERNS.length; i += 1) {
        const pattern = PATTERNS[(i + round) % PATTERNS.length] as Pattern;
        const work = workOf(area, pattern, strideBytes, seed + round);
        const sample = (isCold: boolean) => samplePattern(area, pages, isCold, work);
        // Whichever comes second finds the caches as the first left them: they take turns.
        const first = sample(round % 2 === 0);
        const second = sample(round % 2 !== 0);
        const [cold, prefaulted] = round % 2 === 0 ? [first, second] : [second, first];
        samples[pattern].cold.push(cold);
        samples[pattern].prefaulted.push(prefaulted);
      }
    }
    const faults = samples.page.cold.map(({ minorFaults, majorFaults }) => minorFaults + majorFaults);
    return {
      bytes: area.bytes,
      pageBytes: area.pageBytes,
      samples,
      backing: {
        hugeRatio: hugeRatioOf(area.bytes, Math.max(...faults), area.pageBytes),
        nodes: nodesOf(area.whole),
      },
    };
  },
} satisfies Experiment<Job, Answer>;

function emptySamples(): Record<Pattern, PatternSamples> {
  const empty = (): PatternSamples => ({ cold: [], prefaulted: [] });
  return { sequential: empty(), random: empty(), strided: empty(), page: empty() };
}

function samplePattern(area: FreshArea, pages: PageChoice, isCold: boolean, work: () => void): Phase {
  area.renew(pages);
  if (!isCold) area.populate();
  return phaseOf(work);
}

function workOf(
  { touch, offset, bytes, pageBytes }: FreshArea,
  pattern: Pattern,
  strideBytes: number,
  seed: number,
): () => void {
  const words = bytes / WORD_BYTES;
  const every = (step: number) => () => void touch.write(offset, step, Math.ceil(bytes / step));
  switch (pattern) {
    case 'sequential':
      return every(WORD_BYTES);
    case 'random':
      return () => void touch.scatter(offset, words, words, seed | 1);
    case 'strided':
      return every(strideBytes);
    case 'page':
      return every(pageBytes);
  }
}
