/**
 * `keel bench prefault`: ways of bringing memory in before it is used. What each costs at set-up, what the first work
 * over it then takes, and the page faults of both.
 */
import { MIB } from '../base/units.ts';
import { KernelError } from '../native/libc.ts';
import { lockMemory } from '../native/lock-memory.ts';
import { adviseOwn } from '../native/own-memory.ts';
import { lockableBytes } from './conditions/locking.ts';
import { fittingBytes } from './conditions/size.ts';
import type { Experiment } from './experiment.ts';
import {
  METHODS,
  type Method,
  type MethodSamples,
  type PrefaultRun,
  prefaultReport,
} from './reports/prefault.ts';
import { HUGE_PAGE_BYTES } from './workers/area.ts';
import { FreshArea, phaseOf, wholePages } from './workers/fresh-area.ts';
import { withWorkers } from './workers/pinned-worker.ts';

const DEFAULT_BYTES = 128 * MIB;
const LEAST_BYTES = HUGE_PAGE_BYTES;
const DEFAULT_REPETITIONS = 5;
/** Of all methods once, a byte; measured. */
const EXPECTED_NS_PER_BYTE = 9;

interface Job {
  readonly bytes: number;
  readonly repetitions: number;
  /** On a CPU that others hold, the repetitions after the first are left out. */
  readonly mostNs: number;
}

type Answer = Omit<PrefaultRun, 'cpu' | 'usage'>;

export default {
  name: 'prefault',
  takes: ['size', 'repeats'],
  defaultCpus: 'one',
  defaultPages: 'small',
  expectedNs: ({ sizeBytes, repetitions, cpus }) =>
    cpus.size *
    (1 + (repetitions ?? DEFAULT_REPETITIONS)) *
    (sizeBytes ?? DEFAULT_BYTES) *
    EXPECTED_NS_PER_BYTE,
  async run(bench) {
    const bytes = fittingBytes(bench, DEFAULT_BYTES, LEAST_BYTES);
    const repetitions = bench.repetitions ?? DEFAULT_REPETITIONS;
    const mostNs = 3 * (1 + repetitions) * bytes * EXPECTED_NS_PER_BYTE;
    const job: Job = { bytes, repetitions, mostNs };
    const runs: PrefaultRun[] = [];
    for (const cpu of bench.cpus.ids()) {
      const done = await withWorkers(1, bench.startWorker, ([worker]) =>
        worker.run<Answer>({ cpu, node: null }, job),
      );
      runs.push({ cpu, usage: done.usage, ...done.answer });
    }
    return prefaultReport(runs, lockableBytes(bench.readLocking(process.pid)));
  },
  work({ bytes, repetitions, mostNs }) {
    const until = performance.now() + mostNs / 1e6;
    const area = new FreshArea(wholePages(bytes, 'huge'));
    warmUp(new FreshArea(HUGE_PAGE_BYTES));
    area.renew('small');
    area.populate();
    const samples = new Map<Method, MethodSamples>(
      METHODS.map((method) => [method, { done: [], failed: null }]),
    );
    let rounds = 0;
    for (; rounds < repetitions && (rounds === 0 || performance.now() < until); rounds += 1) {
      for (let i = 0; i < METHODS.length; i += 1) {
        const method = METHODS[(i + rounds) % METHODS.length] as Method;
        sampleMethod(area, method, samples.get(method) as MethodSamples);
      }
    }
    return {
      bytes: area.bytes,
      pageBytes: area.pageBytes,
      rounds,
      samples: Object.fromEntries(samples) as Record<Method, MethodSamples>,
    };
  },
} satisfies Experiment<Job, Answer>;

/** A first call binds a function of libc, and takes page faults of its own. */
function warmUp(area: FreshArea): void {
  for (const method of METHODS) sampleMethod(area, method, { done: [], failed: null });
}

/** What the kernel refuses is kept as its reason; nothing is measured then. */
function sampleMethod(area: FreshArea, method: Method, samples: MethodSamples): void {
  if (samples.failed !== null) return;
  try {
    const setUp = phaseOf(() => WAYS[method](area));
    const firstWork = phaseOf(() => area.fill());
    samples.done.push({ setUp, firstWork });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    samples.failed = { call: error.call, errnoName: error.errnoName };
  } finally {
    area.renew('small');
  }
}

/** Each begins with the mapping, which is a part of the set-up. */
const WAYS: Readonly<Record<Method, (area: FreshArea) => void>> = {
  none: (area) => area.renew('small'),
  touchWrite(area) {
    area.renew('small');
    area.populate();
  },
  touchRead(area) {
    area.renew('small');
    area.touch.read(area.offset, area.pageBytes, area.bytes / area.pageBytes);
  },
  // It cannot be told not to take huge pages: where these are given to everybody, it gets some.
  mapPopulate: (area) => area.renew('small', { populate: true }),
  populateWrite(area) {
    area.renew('small');
    adviseOwn(area.whole, 'populateWrite');
  },
  populateRead(area) {
    area.renew('small');
    adviseOwn(area.whole, 'populateRead');
  },
  willneed(area) {
    area.renew('small');
    adviseOwn(area.whole, 'willneed');
  },
  huge: (area) => area.renew('huge'),
  hugePopulate(area) {
    area.renew('huge');
    adviseOwn(area.whole, 'populateWrite');
  },
  mlock(area) {
    area.renew('small');
    lockMemory(area.whole);
  },
  hugetlb: (area) => area.renewReserved(),
};
