import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AddressRange, common, joined, pieces, totalBytes, without } from './address-ranges.ts';

const ranges = fc.array(fc.record({ address: fc.nat(60), bytes: fc.nat(12) }), { maxLength: 8 });
const members = (all: readonly AddressRange[]) =>
  new Set(all.flatMap(({ address, bytes }) => Array.from({ length: bytes }, (_, i) => address + i)));
const sorted = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b);

describe('ranges of addresses', () => {
  it('are sets: joined, common and without agree with sets of single addresses', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const [inA, inB] = [members(a), members(b)];
        expect(sorted(members(joined(a)))).toEqual(sorted(inA));
        expect(sorted(members(common(a, b)))).toEqual(sorted(inA).filter((one) => inB.has(one)));
        expect(sorted(members(without(a, b)))).toEqual(sorted(inA).filter((one) => !inB.has(one)));
      }),
    );
  });

  it('come out ascending, apart, and none empty', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        for (const all of [joined(a), common(a, b), without(a, b)]) {
          expect(totalBytes(all)).toBe(members(all).size);
          expect(all.every(({ bytes }) => bytes > 0)).toBe(true);
          expect([...all].sort((x, y) => x.address - y.address)).toEqual(all);
        }
      }),
    );
  });

  it('are cut into pieces that make up the same', () => {
    const cut = [...pieces([{ address: 10, bytes: 25 }], 10)];
    expect(cut).toEqual([
      { address: 10, bytes: 10 },
      { address: 20, bytes: 10 },
      { address: 30, bytes: 5 },
    ]);
  });
});
