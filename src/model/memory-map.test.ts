import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryGroups, memoryMappings, memoryStrip, totalOf } from './memory-map.ts';
import { mappingOf as mapping, PAGE } from './testing/mappings.ts';

const noStacks = { stackPointers: new Map<number, number>(), stackBytes: 8 * PAGE };

describe('memory by group', () => {
  it('joins the mappings of a file, and memory of one kind', () => {
    const mappings = memoryMappings(
      [
        mapping({ path: '/srv/a', residentBytes: 2 * PAGE }),
        mapping({ path: '/srv/a', executable: true, residentBytes: 3 * PAGE }),
        mapping({ path: '/srv/b' }),
        mapping({}),
        mapping({ path: '[anon:malloc]', swapBytes: 9 * PAGE, isLocked: true }),
      ],
      noStacks,
      null,
    );
    expect(memoryGroups(mappings)).toMatchObject([
      { kind: 'anonymous', path: '', mappings: 2, swapBytes: 9 * PAGE, lockedBytes: PAGE },
      { kind: 'file', path: '/srv/a', mappings: 2, residentBytes: 5 * PAGE },
      { kind: 'file', path: '/srv/b', mappings: 1 },
    ]);
  });

  it('leaves out what cannot be accessed', () => {
    const guard = mapping({ readable: false, writable: false, bytes: 1e12, residentBytes: 0 });
    expect(memoryGroups(memoryMappings([guard], noStacks, null))).toEqual([]);
  });

  it('takes memory in which a waiting thread has its stack pointer for a stack, but neither the heap nor more than a stack is', () => {
    const stackPointers = new Map([
      [11, 0x10000 + 100],
      [12, 0x40000 + 100],
      [13, 0x80000 + 100],
    ]);
    const mappings = memoryMappings(
      [
        mapping({}),
        mapping({ address: 0x40000, path: '[heap]' }),
        mapping({ address: 0x80000, bytes: 9 * PAGE }),
      ],
      { stackPointers, stackBytes: 8 * PAGE },
      null,
    );
    expect(mappings.map(({ kind, stackOf }) => [kind, stackOf])).toEqual([
      ['stack', [11]],
      ['heap', [12]],
      ['anonymous', [13]],
    ]);
  });

  it('has the nodes of a mapping that numa_maps knows, and none of another', () => {
    const nodes = new Map([[0x10000, new Map([[2, PAGE]])]]);
    const [first, second] = memoryMappings([mapping({}), mapping({ address: 0x90000 })], noStacks, nodes);
    expect(first?.byNode).toEqual(new Map([[2, PAGE]]));
    expect(second?.byNode).toEqual(new Map());
  });
});

const anyMapping = fc
  .record({ pages: fc.integer({ min: 1, max: 500 }), full: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ pages, full }) => mapping({ bytes: pages * PAGE, residentBytes: Math.floor(full * pages) * PAGE }));

describe('the picture', () => {
  it('has as much resident in it as the mappings have', () => {
    fc.assert(
      fc.property(
        fc.array(anyMapping, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 200 }),
        (all, cells) => {
          const mappings = memoryMappings(all, noStacks, null);
          const strip = memoryStrip(mappings, cells);
          const total = totalOf(memoryGroups(mappings));
          const shown =
            strip.reduce((sum, cell) => sum + cell.residentRatio, 0) * (total.mappedBytes / cells);
          expect(strip.length).toBe(cells);
          expect(Math.abs(shown - total.residentBytes)).toBeLessThanOrEqual(1e-3 * total.mappedBytes);
        },
      ),
    );
  });

  it('is empty where nothing is mapped', () => {
    expect(memoryStrip([], 10)).toEqual([]);
  });
});
