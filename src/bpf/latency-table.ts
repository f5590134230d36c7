/** A table of latencies by key, folded in the kernel: how many, their sum, the longest, and a log2 histogram. */
import type { Assembler } from './assembler.ts';
import { FRAME, R0, R1, R2, R3, R4, R9, type Register } from './instruction.ts';
import { type Decoded, type FieldsOf, Layout } from './layout.ts';
import { BUCKETS, emitBucket } from './log2-histogram.ts';

export const LATENCY = new Layout({
  events: 'u64',
  totalNs: 'u64',
  maxNs: 'u64',
  /** See log2-histogram.ts. */
  buckets: { counters: BUCKETS },
});

export type Latency = Decoded<FieldsOf<typeof LATENCY>>;

/** BPF_NOEXIST: only where there is no such key yet. */
const IF_NEW = 1;

export interface LatencyStep {
  /** The name of the map. */
  readonly map: string;
  /** Where on the stack the key lies, complete: a negative offset from the frame. */
  readonly keyAt: number;
  /** Where on the stack there is room for a new value: at most `keyAt` minus LATENCY.sizeBytes. */
  readonly roomAt: number;
  /** One that survives calls, but not R9. Nanoseconds. */
  readonly latency: Register;
  /** Where to go on when the table is full. */
  readonly full: string;
}

/**
 * Adds one latency to the entry of the key. Overwrites R0 to R5 and R9. Needs no atomic steps as long as no two CPUs
 * can be at the same key.
 */
export function emitAddLatency(code: Assembler, step: LatencyStep): void {
  emitFindOrMake(code, step);
  const field = (name: 'events' | 'totalNs' | 'maxNs' | 'buckets') => LATENCY.offset(name);
  const { latency } = step;
  code.label(`${step.map}: add`).note('one more event');
  code.load(64, R1, R9, field('events')).compute(R1, '+=', 1).store(64, R9, field('events'), R1);
  code.load(64, R1, R9, field('totalNs')).compute(R1, '+=', latency).store(64, R9, field('totalNs'), R1);
  code.note('the longest so far').load(64, R1, R9, field('maxNs'));
  code.jumpIf(R1, '>=', latency, `${step.map}: bucket`).store(64, R9, field('maxNs'), latency);
  code.label(`${step.map}: bucket`).set(R1, latency);
  emitBucket(code, R2, R1, step.map);
  code.note('one more in its bucket').compute(R2, '<<=', 3).compute(R9, '+=', R2);
  code.load(64, R1, R9, field('buckets')).compute(R1, '+=', 1).store(64, R9, field('buckets'), R1);
}

/** Leaves the address of the value in R9. */
function emitFindOrMake(code: Assembler, { map, keyAt, roomAt, full }: LatencyStep): void {
  const lookup = () =>
    code.mapAddress(R1, map).set(R2, FRAME).compute(R2, '+=', keyAt).call('map_lookup_elem');
  code.label(`${map}: find`);
  lookup().jumpIf(R0, '!=', 0, `${map}: found`);
  code.note('a new entry, all zero');
  for (let at = 0; at < LATENCY.sizeBytes; at += 8) code.store(64, FRAME, roomAt + at, 0);
  code.mapAddress(R1, map).set(R2, FRAME).compute(R2, '+=', keyAt);
  code.set(R3, FRAME).compute(R3, '+=', roomAt).set(R4, IF_NEW).call('map_update_elem');
  lookup().jumpIf(R0, '==', 0, full);
  code.label(`${map}: found`).set(R9, R0);
}
