/** Latencies folded in the kernel: how many, their sum, the longest, and a log2 histogram. */
import type { Assembler } from './assembler.ts';
import { R1, R2, R9, type Register } from './instruction.ts';
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

/**
 * Adds one latency (nanoseconds) to the LATENCY that lies `at` bytes behind R9. Overwrites R0, R1, R2 and R9. Needs no
 * atomic steps as long as no two CPUs can be at the same entry.
 */
export function emitAddLatency(code: Assembler, at: number, latency: Register): void {
  const place = (name: 'events' | 'totalNs' | 'maxNs' | 'buckets') => at + LATENCY.offset(name);
  code.label('add').note('one more event');
  code.load(64, R1, R9, place('events')).compute(R1, '+=', 1).store(64, R9, place('events'), R1);
  code.note('the sum').load(64, R1, R9, place('totalNs')).compute(R1, '+=', latency);
  code.store(64, R9, place('totalNs'), R1);
  code.note('the longest so far').load(64, R1, R9, place('maxNs')).jumpIf(R1, '>=', latency, 'bucket');
  code.store(64, R9, place('maxNs'), latency).label('bucket').set(R1, latency);
  emitBucket(code, R2, R1, 'log2');
  code.note('one more in its bucket').compute(R2, '<<=', 3).compute(R9, '+=', R2);
  code.load(64, R1, R9, place('buckets')).compute(R1, '+=', 1).store(64, R9, place('buckets'), R1);
}
