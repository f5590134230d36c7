/**
 * Latencies in powers of two: bucket b counts values from 2^b up to below 2^(b+1) nanoseconds; bucket 0 also counts 0,
 * the last one everything above. Both halves are here: the instructions that find the bucket, and what buckets mean.
 */
import type { Assembler } from './assembler.ts';
import { R0, type Register } from './instruction.ts';

/** 2^40 ns are 18 minutes. */
export const BUCKETS = 40;

/**
 * Puts floor(log2(value)), at most BUCKETS - 1, into `bucket`. Overwrites `value` and R0. Without loops: each of the six
 * steps halves the bits that are left.
 * @param label a prefix for the labels it makes; must be unique within the program
 */
export function emitBucket(code: Assembler, bucket: Register, value: Register, label: string): void {
  code.set(bucket, 0);
  for (const bits of [32, 16, 8, 4, 2, 1]) {
    const below = `${label}: below 2^${bits}`;
    code.set(R0, value).compute(R0, '>>=', bits).jumpIf(R0, '==', 0, below);
    code.set(value, R0).compute(bucket, '+=', bits).label(below);
  }
  const within = `${label}: within the table`;
  code
    .jumpIf(bucket, '<', BUCKETS, within)
    .set(bucket, BUCKETS - 1)
    .label(within);
}

/** `toNs` is exclusive, and Infinity for the last bucket. */
export function bucketRange(bucket: number): { readonly fromNs: number; readonly toNs: number } {
  const toNs = bucket === BUCKETS - 1 ? Number.POSITIVE_INFINITY : 2 ** (bucket + 1);
  return { fromNs: bucket === 0 ? 0 : 2 ** bucket, toNs };
}
