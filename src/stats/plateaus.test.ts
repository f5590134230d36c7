import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPlateaus } from './plateaus.ts';

const KIB = 1024;
/** Two sizes an octave from 16 KiB. */
const sizeAt = (i: number) => 16 * KIB * 2 ** Math.floor(i / 2) * (i % 2 === 0 ? 1 : 1.5);
const curveOf = (heights: readonly number[]) => heights.map((y, i) => ({ x: sizeAt(i), y }));

describe('plateaus', () => {
  it('are found between steps', () => {
    const found = findPlateaus(curveOf([2, 2.1, 2, 2.05, 5.5, 5.6, 5.4, 5.5, 5.6, 40, 41, 39, 40]));
    expect(found.map(({ toX, points }) => [toX / KIB, points])).toEqual([
      [48, 4],
      [256, 5],
      [1024, 4],
    ]);
    expect(found.map(({ y }) => y)).toEqual([2, 5.5, 40]);
  });

  it('are not made of a slope between two of them', () => {
    const found = findPlateaus(curveOf([5, 5, 5, 5, 7, 10, 14, 20, 28, 40, 56, 80, 81, 80, 79]));
    expect(found.map(({ y }) => y)).toEqual([5, 80]);
  });

  it('go on behind an outlier', () => {
    expect(findPlateaus(curveOf([5, 5, 5, 11, 5, 5, 5])).map(({ points }) => points)).toEqual([6]);
  });

  it('as a measured machine has them: L1d of 48 KiB, L2 of 2 MiB, a slope, memory', () => {
    // Xeon of 2023 in a virtual machine, lower quartiles in ns, 16 KiB to 32 MiB, then one an octave.
    const small = [1.8, 1.81, 1.8, 1.84, 5, 5.02, 5.05, 5.02, 5.05, 5.1, 5.6, 5.8, 6.35, 8.9, 15.9];
    const large = [22.4, 29.3, 35.1, 41.2, 46.5, 60.1, 71.9, 82.4];
    const beyond = [105, 113, 125, 151, 166].map((y, i) => ({ x: [64, 128, 256, 512, 600][i] as number, y }));
    const curve = [...curveOf([...small, ...large]), ...beyond.map(({ x, y }) => ({ x: x * 1024 * KIB, y }))];
    expect(findPlateaus(curve).map(({ fromX, toX }) => [fromX / KIB, toX / KIB])).toEqual([
      [16, 48],
      [64, 1024],
      [64 * 1024, 600 * 1024],
    ]);
  });

  it.each([[[]], [[3]]])('of %j are none', (heights) => {
    expect(findPlateaus(curveOf(heights))).toEqual([]);
  });

  it('lie apart, in order, within the curve, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 1e4, noNaN: true }), { maxLength: 40 }), (heights) => {
        const found = findPlateaus(curveOf(heights));
        found.forEach((plateau, i) => {
          expect(plateau.toX).toBeGreaterThanOrEqual(plateau.fromX);
          expect(plateau.fromX).toBeGreaterThan(found[i - 1]?.toX ?? 0);
          expect(heights).toContain(plateau.y);
        });
      }),
    );
  });
});
