/** A mapping of smaps as tests want it: four pages of private memory, one of them resident. */
import type { MappingPages } from '../../kernel/task/smaps.ts';

export const PAGE = 4096;

export function mappingOf(parts: Partial<MappingPages>): MappingPages {
  return {
    address: 0x10000,
    bytes: 4 * PAGE,
    readable: true,
    writable: true,
    executable: false,
    shared: false,
    offset: 0,
    device: '00:00',
    inode: 0n,
    path: '',
    residentBytes: PAGE,
    proportionalBytes: PAGE,
    dirtyBytes: 0,
    swapBytes: 0,
    hugeBytes: 0,
    hugetlbBytes: 0,
    isLocked: false,
    isUnlockable: false,
    ...parts,
  };
}
