import { expect, it } from 'vitest';
import { KIB, MIB } from '../../base/units.ts';
import { hugeRatioOf } from './area.ts';

it.each([
  // All huge; all small; half of each; 64 KiB pages only.
  [64 * MIB, 32, 4 * KIB, 1],
  [64 * MIB, 16_384, 4 * KIB, 0],
  [64 * MIB, 16 + 8192, 4 * KIB, 0.5],
  [64 * MIB, 1024, 64 * KIB, 0],
  // More faults than pages: something else faulted meanwhile.
  [MIB, 300, 4 * KIB, 0],
])('%d bytes in %d faults', (bytes, faults, smallBytes, expected) => {
  expect(hugeRatioOf(bytes, faults, smallBytes)).toBeCloseTo(expected, 6);
});
