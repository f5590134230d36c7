import { describe, expect, it } from 'vitest';
import type { MappingPages } from '../kernel/task/smaps.ts';
import { mappingOf as mapping, PAGE } from './testing/mappings.ts';
import { broughtInBytes, type MemoryState, missingBytes, wishedMappings } from './warming.ts';

const file = (path: string, parts: Partial<MappingPages> = {}) => mapping({ path, inode: 7n, ...parts });
const paths = (found: ReturnType<typeof wishedMappings>) => found.map((one) => one.mapping.path);

describe('what is asked for', () => {
  const all = [
    mapping({ path: '[heap]' }),
    mapping({ path: '[stack]', swapBytes: PAGE }),
    file('/srv/a.pak', { residentBytes: 0 }),
    file('/srv/guard.so', { readable: false, writable: false }),
    file('/dev/dri/card0'),
    mapping({ path: '[vdso]', executable: true }),
    file('/srv/locked', { isLocked: true }),
  ];

  it('to warm: files, and memory that is in swap', () => {
    expect(paths(wishedMappings(all, 'warm', null))).toEqual(['[stack]', '/srv/a.pak', '/srv/locked']);
  });

  it.each(['cold', 'pageout'] as const)('to put away (%s): what is there, and may be moved', (wish) => {
    expect(paths(wishedMappings(all, wish, null))).toEqual(['[heap]', '[stack]']);
  });

  it.each([
    ['a.pak', ['/srv/a.pak']],
    ['/srv/a.pak', ['/srv/a.pak']],
    ['srv/a.pak', ['/srv/a.pak']],
    ['.pak', []],
    ['[heap]', []],
  ])('only of %s: %j', (only, expected) => {
    expect(paths(wishedMappings(all, 'warm', only))).toEqual(expected);
  });
});

describe('what came of it', () => {
  const state = (cached: readonly (number | null)[], parts: Partial<MemoryState> = {}): MemoryState => ({
    files: cached.map((cachedBytes, i) => ({ path: `/f${i}`, mappedBytes: 10 * PAGE, cachedBytes })),
    residentBytes: 0,
    swapBytes: 0,
    swapCachedBytes: null,
    ...parts,
  });

  it('is the sum of what grew, of the files that are known', () => {
    expect(broughtInBytes(state([PAGE, 0, null]), state([4 * PAGE, PAGE, PAGE]))).toBe(4 * PAGE);
    expect(broughtInBytes(state([9 * PAGE]), state([PAGE]))).toBe(0);
    expect(broughtInBytes(state([null]), state([PAGE]))).toBeNull();
  });

  it('may at most be what was missing', () => {
    expect(missingBytes(state([PAGE, null], { swapBytes: PAGE }))).toBe(9 * PAGE + 10 * PAGE + PAGE);
  });
});
