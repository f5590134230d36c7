import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CpuSet } from './cpu-set.ts';
import { FormatError } from './errors.ts';

const sets = fc.array(fc.integer({ min: 0, max: 300 })).map((ids) => CpuSet.from(ids));

describe('CpuSet', () => {
  it.each([
    ['', []],
    ['0', [0]],
    ['0-3,8', [0, 1, 2, 3, 8]],
    ['0-15:2/4', [0, 1, 4, 5, 8, 9, 12, 13]],
    ['0-6:2', [0, 2, 4, 6]],
    ['3,1,2,1', [1, 2, 3]],
    [' 0-1\n', [0, 1]],
  ])('parses the list %j', (text, ids) => {
    expect(CpuSet.parseList(text).ids()).toEqual(ids);
  });

  it.each(['0-', '-1', 'a', '3-1', '0-3:0', '0-3:4/2', '70000', '0x3', '1.5', '0--1'])(
    'refuses the list %j',
    (text) => {
      expect(() => CpuSet.parseList(text)).toThrow(FormatError);
    },
  );

  it.each([
    ['ff', '0-7'],
    ['0xff', '0-7'],
    ['1,00000000', '32'],
    ['ff,0', '32-39'],
    ['0', ''],
    ['80000000', '31'],
  ])('parses the mask %j', (text, list) => {
    expect(CpuSet.parseMask(text).toString()).toBe(list);
  });

  it.each(['', 'g', '1,123456789', '1 2', '0x'])('refuses the mask %j', (text) => {
    expect(() => CpuSet.parseMask(text)).toThrow(FormatError);
  });

  it.each([
    [[0, 2, 4, 6], '0-6:2'],
    [[0, 2, 4], '0,2,4'],
    [[0, 32], '0,32'],
    [[0, 1, 2, 4, 6, 8, 10], '0-2,4-10:2'],
    [[0, 2, 4, 6, 7, 8], '0,2,4,6-8'],
  ])('writes %j as a list', (ids, text) => {
    expect(CpuSet.from(ids).toString()).toBe(text);
  });

  it('survives every form of text', () => {
    fc.assert(
      fc.property(sets, (set) => {
        expect(CpuSet.parseList(set.toString()).equals(set)).toBe(true);
        expect(CpuSet.parseList(set.toKernelList()).equals(set)).toBe(true);
        expect(CpuSet.parseMask(set.toMask()).equals(set)).toBe(true);
        expect(CpuSet.fromMaskBytes(set.toMaskBytes(64)).equals(set)).toBe(true);
        expect(set.toKernelList()).not.toContain(':');
      }),
    );
  });

  it('parses any text or raises the format error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9,:/a-f-]{0,12}$/)), (text) => {
        for (const parse of [CpuSet.parseList, CpuSet.parseMask]) {
          try {
            parse(text);
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
          }
        }
      }),
    );
  });

  it('obeys the laws of sets', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(a.union(b).minus(b).equals(a.minus(b))).toBe(true);
        expect(a.intersect(b).isSubsetOf(a)).toBe(true);
        expect(a.overlaps(b)).toBe(!a.intersect(b).isEmpty);
        expect(a.intersect(b).size + a.union(b).size).toBe(a.size + b.size);
      }),
    );
  });
});
