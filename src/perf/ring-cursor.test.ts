import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { RingCursor } from './ring-cursor.ts';
import { record, ringOf, textFields } from './testing/ring-bytes.ts';

const AREA = 4096;
const records = fc.array(
  fc.tuple(
    fc.integer({ min: 1, max: 20 }),
    fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 12 }),
  ),
  { maxLength: 30 },
);

function readAll(words: Uint32Array, tail: number, head: number): unknown[] {
  const seen: unknown[] = [];
  new RingCursor(words).visit(tail, head, (one) => {
    const fields = Array.from({ length: one.bytes / 8 - 1 }, (_, i) => one.bigint(2 + 2 * i));
    seen.push([one.type, fields]);
  });
  return seen;
}

describe('RingCursor', () => {
  it('reads the same records wherever the ring wraps and however it is drained', () => {
    fc.assert(
      fc.property(
        records,
        fc.nat(AREA / 8),
        fc.array(fc.nat(), { maxLength: 6 }),
        (list, startWords, cuts) => {
          const encoded = list.map(([type, fields]) => record(type, fields));
          const start = startWords * 8 + AREA * 3;
          const { words, head } = ringOf(encoded, AREA, start);
          const boundaries = [start];
          for (const bytes of encoded) boundaries.push((boundaries.at(-1) as number) + bytes.length);
          const stops = [
            ...new Set([...cuts.map((cut) => boundaries[cut % boundaries.length] as number), head]),
          ].sort((a, b) => a - b);
          const drained = stops.flatMap((stop, i) => readAll(words, stops[i - 1] ?? start, stop));
          expect(drained).toEqual(list.map(([type, fields]) => [type, fields]));
        },
      ),
    );
  });

  it('reads text across the end of the area', () => {
    const name = '게임 서버 (x) \u001b[31m';
    const { words, head } = ringOf([record(3, textFields(name))], 64, 40);
    const seen: string[] = [];
    new RingCursor(words).visit(40, head, (one) => seen.push(one.text(2)));
    expect(seen).toEqual([name]);
  });

  it.each([
    ['a record of no length', new Uint8Array(8)],
    ['a record that is cut', record(9, [1n, 2n]).subarray(0, 16)],
  ])('refuses %s', (_, bytes) => {
    const { words, head } = ringOf([bytes], 64, 0);
    expect(() => new RingCursor(words).visit(0, head, () => {})).toThrow(FormatError);
  });

  it('refuses positions that the area cannot hold', () => {
    expect(() => new RingCursor(new Uint32Array(16)).visit(0, 72, () => {})).toThrow(FormatError);
    expect(() => new RingCursor(new Uint32Array(12))).toThrow(RangeError);
  });

  it('raises nothing but the format error on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 256, maxLength: 256 }), fc.nat(32), (bytes, length) => {
        try {
          new RingCursor(new Uint32Array(bytes.buffer)).visit(0, length * 8, (one) => one.text(2));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
    );
  });
});
