import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Assembler } from './assembler.ts';
import { R1, R2 } from './instruction.ts';
import { BUCKETS, bucketRange, emitBucket } from './log2-histogram.ts';
import { interpret } from './testing/interpret.ts';

const code = new Assembler();
emitBucket(code, R2, R1, 'log2');
const { instructions } = code.exit().assemble();
const bucketOf = (valueNs: bigint) => Number(interpret(instructions, [0n, valueNs])[2]);

describe('the log2 histogram', () => {
  it.each([
    [0n, 0],
    [1n, 0],
    [2n, 1],
    [3n, 1],
    [4n, 2],
    [1023n, 9],
    [1024n, 10],
    [(1n << 39n) - 1n, 38],
    [1n << 39n, 39],
    [(1n << 64n) - 1n, 39],
  ])('puts %d ns into bucket %d', (valueNs, bucket) => {
    expect(bucketOf(valueNs)).toBe(bucket);
  });

  it('puts every value into the bucket whose range holds it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 53n }), (valueNs) => {
        const { fromNs, toNs } = bucketRange(bucketOf(valueNs));
        expect(Number(valueNs)).toBeGreaterThanOrEqual(fromNs);
        expect(Number(valueNs)).toBeLessThan(toNs);
      }),
    );
  });

  it('has ranges without a hole', () => {
    for (let i = 1; i < BUCKETS; i += 1) expect(bucketRange(i).fromNs).toBe(bucketRange(i - 1).toNs);
    expect(bucketRange(BUCKETS - 1).toNs).toBe(Number.POSITIVE_INFINITY);
  });
});
