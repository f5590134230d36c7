/** Which memory of a process is to be brought in, or put away: what `keel warm` asks the kernel for. */
import type { MappingPages } from '../kernel/task/smaps.ts';
import { mappingKind } from './faults/places.ts';
import { endsWithPath } from './mapped-files.ts';

/**
 * - `warm`: bring in what is out in swap, and the mapped files
 * - `cold`: let reclaim take it first
 * - `pageout`: put it out now; for experiments
 */
export type MemoryWish = 'warm' | 'cold' | 'pageout';

export interface WishedMapping {
  readonly mapping: MappingPages;
  /** What of it is asked for: all of a mapping of a file, the part in swap of memory. */
  readonly isFile: boolean;
}

/** @param only mappings of files whose path ends so, such as `maps/a.pak`; null for all memory */
export function wishedMappings(
  mappings: readonly MappingPages[],
  wish: MemoryWish,
  only: string | null,
): readonly WishedMapping[] {
  return mappings.flatMap((mapping) => {
    const kind = mappingKind(mapping);
    if (isDevice(mapping)) return [];
    const isFile = kind === 'file' && mapping.inode !== 0n;
    if (only !== null && !(isFile && endsWithPath(mapping.path, only))) return [];
    const isWished = wish === 'warm' ? isFile || mapping.swapBytes > 0 : mapping.residentBytes > 0;
    // The kernel refuses to put locked pages away, and the mappings of drivers are not memory.
    const isMovable =
      wish === 'warm' || (mapping.isLocked !== true && kind !== 'kernel' && kind !== 'unknown');
    return isWished && isMovable && isAccessible(mapping) ? [{ mapping, isFile }] : [];
  });
}

function isAccessible({ readable, writable, executable }: MappingPages): boolean {
  return readable || writable || executable;
}

function isDevice({ path }: MappingPages): boolean {
  return path.startsWith('/dev/') && !path.startsWith('/dev/shm/') && !path.startsWith('/dev/zero');
}

/** What is there of one file or of swap, before or after. */
export interface Warmth {
  readonly path: string;
  readonly mappedBytes: number;
  /** In the page cache; null where the kernel does not tell (before Linux 6.5), or it may not be asked. */
  readonly cachedBytes: number | null;
}

export interface MemoryState {
  /** By path. */
  readonly files: readonly Warmth[];
  readonly residentBytes: number;
  /** Of the process, as its page tables say: what was brought back and not touched yet is still out by them. */
  readonly swapBytes: number;
  /** Of the machine: in swap and in memory. */
  readonly swapCachedBytes: number | null;
}

/** Bytes of files that were not in the cache and are now; null where it is not known of any. */
export function broughtInBytes(before: MemoryState, after: MemoryState): number | null {
  const known = before.files.flatMap((file) => {
    const now = after.files.find((one) => one.path === file.path)?.cachedBytes;
    return file.cachedBytes === null || now == null ? [] : [Math.max(0, now - file.cachedBytes)];
  });
  return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes that may have to be read, at most: what warming costs of free memory and of the disk. */
export function missingBytes(state: MemoryState): number {
  const files = state.files.reduce((sum, file) => sum + file.mappedBytes - (file.cachedBytes ?? 0), 0);
  return Math.max(0, files) + state.swapBytes;
}
