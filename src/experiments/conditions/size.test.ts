import { describe, expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { GIB, KIB, MIB } from '../../base/units.ts';
import { MOST_AREA_BYTES } from '../workers/area.ts';
import { fittingBytes } from './size.ts';

const bench = (sizeBytes: number | null, availableBytes: number) => ({ sizeBytes, availableBytes });

describe('the size of an experiment', () => {
  it('is what was asked for where it fits', () => {
    expect(fittingBytes(bench(64 * MIB, GIB), MIB, KIB)).toBe(64 * MIB);
  });

  it('is made of whole lines', () => {
    expect(fittingBytes(bench(100_000, GIB), MIB, KIB)).toBe(97 * KIB);
  });

  it('is the default, less where memory is short', () => {
    expect(fittingBytes(bench(null, 8 * GIB), 256 * MIB, KIB)).toBe(256 * MIB);
    expect(fittingBytes(bench(null, 100 * MIB), 256 * MIB, KIB)).toBe(50 * MIB);
    expect(fittingBytes(bench(null, 100 * MIB), 256 * MIB, KIB, 2)).toBe(25 * MIB);
  });

  it('is refused where it would swap, with what fits', () => {
    const refused = () => fittingBytes(bench(40 * GIB, 9 * GIB), MIB, KIB);
    expect(refused).toThrow(/^E_CONFLICT: 40 GiB is more than half of the 9 GiB available/);
    expect(() => fittingBytes(bench(null, KIB), 64 * MIB, 16 * KIB)).toThrow(/^E_CONFLICT/);
  });

  it('is refused below what can be measured', () => {
    expect(() => fittingBytes(bench(4 * KIB, GIB), MIB, 16 * KIB)).toThrow(/^E_USAGE: --size 4 KiB/);
  });

  it('never passes one area, also where the memory is not known', () => {
    const unknown = { sizeBytes: null, availableBytes: missing('absent', 'MemAvailable') };
    expect(fittingBytes(unknown, 64 * GIB, KIB)).toBeLessThanOrEqual(MOST_AREA_BYTES);
  });
});
