/** The files that a process has mapped, each once, with what of it is mapped: what can be kept in the page cache for it. */
import type { MappingPages } from '../kernel/task/smaps.ts';
import { type AddressRange, joined, totalBytes } from './address-ranges.ts';
import { mappingKind } from './faults/places.ts';

export interface MappedFile {
  /** One of its mappings; they name the same device and inode. */
  readonly mapping: MappingPages;
  /** Of the file: `address` is an offset. Each byte once, however often it is mapped. */
  readonly ranges: readonly AddressRange[];
  readonly bytes: number;
}

export interface MappedFiles {
  /** By path. */
  readonly files: readonly MappedFile[];
  /** Resident memory without a file, which a lock of files does not keep. */
  readonly otherResidentBytes: number;
}

/** @param only the ends of paths, whole names; null for all files */
export function mappedFiles(mappings: readonly MappingPages[], only: readonly string[] | null): MappedFiles {
  const byFile = new Map<string, MappingPages[]>();
  let otherResidentBytes = 0;
  for (const mapping of mappings) {
    const { path, device, inode, residentBytes } = mapping;
    if (!isOfFile(mapping)) otherResidentBytes += residentBytes;
    else if (only === null || only.some((end) => endsWithPath(path, end))) {
      const key = `${device} ${inode} ${path}`;
      byFile.set(key, [...(byFile.get(key) ?? []), mapping]);
    }
  }
  const files = [...byFile.values()].flatMap((all): readonly MappedFile[] => {
    const [mapping] = all;
    const ranges = joined(all.map(({ offset, bytes }) => ({ address: offset, bytes })));
    return mapping === undefined ? [] : [{ mapping, ranges, bytes: totalBytes(ranges) }];
  });
  return {
    files: files.toSorted((a, b) => (a.mapping.path < b.mapping.path ? -1 : 1)),
    otherResidentBytes,
  };
}

/** Whose pages the page cache has: those of devices are elsewhere, and a range without access is only reserved. */
function isOfFile(mapping: MappingPages): boolean {
  const kind = mappingKind(mapping);
  if ((kind !== 'file' && kind !== 'shared-memory') || mapping.inode === 0n) return false;
  return mapping.isUnlockable !== true && (mapping.readable || mapping.writable || mapping.executable);
}

/** Whole names only: `a.pak` is not the end of `/srv/ba.pak`. */
export function endsWithPath(path: string, end: string): boolean {
  return path === end || path.endsWith(end.startsWith('/') ? end : `/${end}`);
}

/** What of the ranges lies in a file of this length, in whole pages: behind its end nothing can be kept. */
export function withinFile(
  ranges: readonly AddressRange[],
  fileBytes: number,
  pageBytes: number,
): readonly AddressRange[] {
  const end = Math.ceil(fileBytes / pageBytes) * pageBytes;
  return ranges.flatMap(({ address, bytes }) => {
    const inside = Math.min(bytes, end - address);
    return inside > 0 ? [{ address, bytes: inside }] : [];
  });
}
