/** `keel bench memory`: bytes a second that one CPU reads, writes and copies, in the memory of each node. */
import type { Gap } from '../base/missing.ts';
import { GIB, MIB } from '../base/units.ts';
import { lastLevelCache } from '../model/topology.ts';
import { placesOf, remoteGap } from './conditions/places.ts';
import { fittingBytes } from './conditions/size.ts';
import type { Bench, Experiment, PageChoice } from './experiment.ts';
import { OPERATIONS, type Operation, type StreamFunction, streamsOver } from './kernels/stream.ts';
import { type MemoryRun, memoryReport } from './reports/memory.ts';
import { type Area, type Backing, makeArea } from './workers/area.ts';
import { withWorkers } from './workers/pinned-worker.ts';

/** A sample is one chunk: some 100 µs. */
const CHUNK_BYTES = MIB;
const LEAST_BYTES = 8 * MIB;
const MOST_BYTES = GIB;
/** Each operation takes its turn so often, in changing order. */
const ROUNDS = 3;
const CHUNKS_A_ROUND = 400;
/** Of one CPU and node, measured. */
const EXPECTED_NS = 1.5e9;

interface Job {
  readonly areaBytes: number;
  readonly pages: PageChoice;
  readonly rounds: number;
  /** On a CPU that others hold, the rounds after the first are left out. */
  readonly mostNs: number;
}

type Samples = Record<Operation, number[]>;

interface Answer {
  readonly backing: Backing;
  /** Bytes a second, chunk by chunk. */
  readonly bytesPerSec: Samples;
}

export default {
  name: 'memory',
  takes: ['for', 'size', 'pages'],
  defaultCpus: 'each-kind',
  expectedNs: (bench) => bench.forNs ?? placesOf(bench).length * EXPECTED_NS,
  async run(bench) {
    const largest = largestCacheBytes(bench);
    const areaBytes = fittingBytes(bench, Math.min(MOST_BYTES, Math.max(64 * MIB, 4 * largest)), LEAST_BYTES);
    const places = placesOf(bench);
    const factor = (bench.forNs ?? places.length * EXPECTED_NS) / (places.length * EXPECTED_NS);
    const rounds = Math.max(1, Math.round(ROUNDS * factor));
    const job: Job = { areaBytes, pages: bench.pages, rounds, mostNs: EXPECTED_NS * Math.max(2, 2 * factor) };
    const runs: MemoryRun[] = [];
    const gaps: Gap[] = [];
    for (const { cpu, node, own } of places) {
      try {
        const done = await withWorkers(1, bench.startWorker, ([worker]) =>
          worker.run<Answer>({ cpu, node }, job),
        );
        runs.push({ cpu, node: node ?? own, isLocal: node === null, usage: done.usage, ...done.answer });
      } catch (error) {
        gaps.push(remoteGap(cpu, node, error));
      }
    }
    return memoryReport(runs, { areaBytes, largestCacheBytes: largest, repetitions: job.rounds, gaps });
  },
  work({ areaBytes, pages, rounds, mostNs }) {
    const until = performance.now() + mostNs / 1e6;
    const area = makeArea(areaBytes, pages);
    const streams = streamsOver(area.memory);
    const bytesPerSec: Samples = { read: [], write: [], copy: [] };
    warmUp(area, streams);
    for (let round = 0; round < rounds && (round === 0 || performance.now() < until); round += 1) {
      for (let i = 0; i < OPERATIONS.length; i += 1) {
        const operation = OPERATIONS[(i + round) % OPERATIONS.length] as Operation;
        bytesPerSec[operation].push(...sampleStream(area, operation, streams[operation], round));
      }
    }
    return { backing: area.backing, bytesPerSec };
  },
} satisfies Experiment<Job, Answer>;

function largestCacheBytes({ topology, cpus }: Bench): number {
  const caches = topology.cpus.filter(({ cpu }) => cpus.has(cpu)).map(lastLevelCache);
  return Math.max(0, ...caches.map((cache) => cache?.sizeBytes ?? 0));
}

/** V8 compiles a function again, better, when it was called often. */
const WARM_UP_CALLS = 3_000;
const WARM_UP_BYTES = 16_384;

function warmUp({ offset, bytes }: Area, streams: Readonly<Record<Operation, StreamFunction>>): void {
  for (let i = 0; i < WARM_UP_CALLS; i += 1)
    for (const operation of OPERATIONS)
      streams[operation](offset, offset + WARM_UP_BYTES, offset + bytes / 2);
}

/** Chunks one after another, going on where the round before ended: each is met again only after all others. */
function sampleStream(
  { offset, bytes }: Area,
  operation: Operation,
  stream: StreamFunction,
  round: number,
): readonly number[] {
  const half = Math.floor(bytes / 2 / CHUNK_BYTES) * CHUNK_BYTES;
  const moved = operation === 'copy' ? 2 * CHUNK_BYTES : CHUNK_BYTES;
  const chunks = (operation === 'copy' ? half : Math.floor(bytes / CHUNK_BYTES) * CHUNK_BYTES) / CHUNK_BYTES;
  return Array.from({ length: Math.min(CHUNKS_A_ROUND, chunks) }, (_, i) => {
    const from = offset + ((round * CHUNKS_A_ROUND + i) % chunks) * CHUNK_BYTES;
    const to = operation === 'copy' ? from + half : i;
    const began = performance.now();
    stream(from, from + CHUNK_BYTES, to);
    return (moved * 1e3) / (performance.now() - began);
  });
}
