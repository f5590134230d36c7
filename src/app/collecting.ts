/**
 * What the collecting thread does: copies what the kernel wrote into a spool, and looks at nothing but the few records that
 * cannot wait (perf/process-spotter.ts). It maps the rings itself, because pointers do not travel between threads; their
 * descriptors are the process's.
 */
import { PerfRing } from '../native/perf-ring.ts';
import { type BufferShape, RecordBuffers } from '../native/record-buffers.ts';
import type { FaultRecordShape } from '../perf/fault-records.ts';
import { ProcessSpotter, type SpottedProcess } from '../perf/process-spotter.ts';
import type { SampleLayout } from '../perf/sample-layout.ts';
import { TimeBase } from '../perf/time-base.ts';
import { type SpoolOptions, type SpoolParts, SpoolWriter } from './spool.ts';

/** All of it can be sent to another thread. */
export interface CollectorPlan {
  /** Perf rings; the number of a ring's spans is its place here. */
  readonly rings: readonly { readonly fd: number; readonly dataPages: number }[];
  readonly pageBytes: number;
  /** Buffers of a BPF program, and the CPUs to look at; their spans are numbered behind those of the rings. */
  readonly buffers: { readonly shape: BufferShape; readonly cpus: readonly number[] } | null;
  readonly records: FaultRecordShape | null;
  readonly layout: SampleLayout;
  readonly baseNs: bigint;
  /** Tells of every process that is met. */
  readonly everyProcess: boolean;
  readonly spool: SpoolOptions;
}

export type CollectorMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'processes'; readonly processes: readonly SpottedProcess[] }
  | { readonly kind: 'finished'; readonly parts: SpoolParts }
  | { readonly kind: 'failed'; readonly code: string | null; readonly message: string };

/** The only word that is shared: 0 goes on, 1 takes a last look and ends. */
export const STOP = 1;

/** Between two looks, in milliseconds: the longer, the less it disturbs; the fuller a ring was, the shorter. */
const LEAST_PAUSE_MS = 5;
const MOST_PAUSE_MS = 40;
const FULL_RATIO = 1 / 8;

export class Collecting {
  readonly #plan: CollectorPlan;
  readonly #spool: SpoolWriter;
  readonly #spotter: ProcessSpotter;
  readonly #rings: PerfRing[] = [];
  readonly #buffers: RecordBuffers | null;

  constructor(plan: CollectorPlan) {
    this.#plan = plan;
    this.#spool = new SpoolWriter(plan.spool);
    this.#spotter = new ProcessSpotter(plan.layout, new TimeBase(plan.baseNs), plan.everyProcess);
    for (const { fd, dataPages } of plan.rings)
      this.#rings.push(new PerfRing({ fd }, dataPages, plan.pageBytes));
    this.#buffers = plan.buffers === null ? null : new RecordBuffers(plan.buffers.shape);
  }

  /** @param tell is told of processes while it goes on */
  run(stop: Int32Array, tell: (message: CollectorMessage) => void): SpoolParts {
    let pauseMs = LEAST_PAUSE_MS;
    for (;;) {
      // Asked before the look: what came before the request is seen.
      const isLast = Atomics.load(stop, 0) === STOP;
      const fullest = this.#look();
      const processes = this.#spotter.take();
      if (processes.length > 0) tell({ kind: 'processes', processes });
      if (isLast) return this.#spool.finish();
      pauseMs = fullest > FULL_RATIO ? pauseMs / 2 : pauseMs * 2;
      pauseMs = Math.min(Math.max(pauseMs, LEAST_PAUSE_MS), MOST_PAUSE_MS);
      Atomics.wait(stop, 0, 0, pauseMs);
    }
  }

  discard(): void {
    this.#spool.discard();
  }

  close(): void {
    for (const ring of this.#rings) ring.close();
    this.#buffers?.close();
  }

  /** @returns the share of the fullest ring that was in use */
  #look(): number {
    const limitNs = Number(process.hrtime.bigint() - this.#plan.baseNs);
    let fullest = 0;
    this.#rings.forEach((ring, source) => {
      const taken = ring.takeAll((first, second) =>
        this.#spotter.lookAtRing(this.#spool.add(source, limitNs, first, second)),
      );
      fullest = Math.max(fullest, taken / ring.dataBytes);
    });
    return Math.max(fullest, this.#lookAtBuffers(limitNs));
  }

  #lookAtBuffers(limitNs: number): number {
    const { buffers, records, rings } = this.#plan;
    let most = 0;
    if (this.#buffers === null || buffers === null || records === null) return most;
    for (const cpu of buffers.cpus) {
      const taken = this.#buffers.takeAll(cpu, (first, second) =>
        this.#spotter.lookAtFaults(this.#spool.add(rings.length + cpu, limitNs, first, second), records),
      );
      most = Math.max(most, taken);
    }
    return most / buffers.shape.bufferBytes;
  }
}
