import { describe, expect, it } from 'vitest';
import type { MappingPages } from '../kernel/task/smaps.ts';
import { mappedFiles, withinFile } from './mapped-files.ts';
import { mappingOf as mapping, PAGE } from './testing/mappings.ts';

const file = (path: string, parts: Partial<MappingPages> = {}) => mapping({ path, inode: 7n, ...parts });

describe('the files of a process', () => {
  const all = [
    file('/srv/b.so', { inode: 2n, offset: 0, bytes: 2 * PAGE }),
    file('/srv/b.so', { inode: 2n, offset: PAGE, bytes: 2 * PAGE }),
    file('/srv/b.so', { inode: 2n, offset: 8 * PAGE, bytes: PAGE }),
    file('/srv/b.so', { inode: 3n, offset: 0, bytes: PAGE }),
    file('/dev/shm/a.pak', { shared: true, bytes: PAGE, offset: 0 }),
    file('/srv/guard', { readable: false, writable: false }),
    file('/dev/fb0', { isUnlockable: true }),
    mapping({ path: '[heap]', residentBytes: 3 * PAGE }),
  ];
  const shown = (only: readonly string[] | null) =>
    mappedFiles(all, only).files.map(({ mapping: { path, inode }, bytes }) => [path, inode, bytes]);

  it('are each there once, with each of their bytes once', () => {
    expect(shown(null)).toEqual([
      ['/dev/shm/a.pak', 7n, PAGE],
      ['/srv/b.so', 2n, 4 * PAGE],
      ['/srv/b.so', 3n, PAGE],
    ]);
    expect(mappedFiles(all, null).files[1]?.ranges).toEqual([
      { address: 0, bytes: 3 * PAGE },
      { address: 8 * PAGE, bytes: PAGE },
    ]);
  });

  it('may be chosen by the ends of their paths', () => {
    expect(shown(['a.pak'])).toHaveLength(1);
    expect(shown(['srv/b.so', 'a.pak'])).toHaveLength(3);
    expect(shown(['.so'])).toEqual([]);
  });

  it('are not its other memory', () => {
    expect(mappedFiles([mapping({ path: '[heap]', residentBytes: 3 * PAGE })], null)).toEqual({
      files: [],
      otherResidentBytes: 3 * PAGE,
    });
  });
});

it('keeps nothing behind the end of a file, whose last page counts as a whole', () => {
  const ranges = [
    { address: 0, bytes: PAGE },
    { address: 2 * PAGE, bytes: 4 * PAGE },
    { address: 9 * PAGE, bytes: PAGE },
  ];
  expect(withinFile(ranges, 3 * PAGE + 1, PAGE)).toEqual([
    { address: 0, bytes: PAGE },
    { address: 2 * PAGE, bytes: 2 * PAGE },
  ]);
  expect(withinFile(ranges, 0, PAGE)).toEqual([]);
});
