import { describe, expect, it } from 'vitest';
import { KIB, MIB } from '../base/units.ts';
import { cacheLevels, type ToldCache } from './cache-levels.ts';

const told: readonly ToldCache[] = [
  { name: 'L1d', sizeBytes: 32 * KIB },
  { name: 'L2', sizeBytes: 512 * KIB },
  { name: 'L3', sizeBytes: 8 * MIB },
];

/** A point for each half octave up to 32 MiB, its height by the first limit that it does not pass. */
function curve(limits: readonly (readonly [bytes: number, ns: number])[], lastBytes = 32 * MIB) {
  const points: { x: number; y: number }[] = [];
  for (let x = 16 * KIB; x <= lastBytes; x *= 2) {
    for (const bytes of [x, x * 1.5]) {
      if (bytes > lastBytes) continue;
      points.push({ x: bytes, y: limits.find(([most]) => bytes <= most)?.[1] ?? 90 });
    }
  }
  return points;
}

describe('levels', () => {
  it('get the names of the caches whose sizes their steps fit', () => {
    const { levels, unseen, reachesMemory } = cacheLevels(
      curve([
        [32 * KIB, 1.5],
        [512 * KIB, 4],
        [6 * MIB, 12],
      ]),
      told,
    );
    expect(levels.map(({ name, sizeBytes, nsPerLoad }) => [name, sizeBytes, nsPerLoad])).toEqual([
      ['L1d', 32 * KIB, 1.5],
      ['L2', 512 * KIB, 4],
      ['L3', 6 * MIB, 12],
      ['memory', 32 * MIB, 90],
    ]);
    expect([unseen, reachesMemory]).toEqual([[], true]);
  });

  it('tell of a cache that is not there, and of a step that fits none', () => {
    const { levels, unseen } = cacheLevels(
      curve([
        [32 * KIB, 1.5],
        [512 * KIB, 4],
        [1.5 * MIB, 12],
      ]),
      told,
    );
    expect(levels.map(({ name, sizeBytes }) => [name, sizeBytes / KIB])).toEqual([
      ['L1d', 32],
      ['L2', 512],
      [null, 1536],
      ['memory', 32 * 1024],
    ]);
    expect(unseen.map(({ name }) => name)).toEqual(['L3']);
  });

  it('do not call memory what is not beyond the caches, nor miss what was not reached', () => {
    const short = curve(
      [
        [32 * KIB, 1.5],
        [512 * KIB, 4],
        [8 * MIB, 12],
      ],
      4 * MIB,
    );
    const { levels, unseen, reachesMemory } = cacheLevels(short, told);
    expect(levels.map(({ name }) => name)).toEqual(['L1d', 'L2', null]);
    expect([unseen, reachesMemory]).toEqual([[], false]);
  });

  it('stand without names where the kernel tells of no caches', () => {
    const { levels } = cacheLevels(curve([[32 * KIB, 1.5]]), []);
    expect(levels.map(({ name }) => name)).toEqual([null, 'memory']);
  });
});
