/** What of a process's memory is there, by mapping and by group: what `keel map` shows. */
import type { Maybe } from '../base/missing.ts';
import type { MappingPages } from '../kernel/task/smaps.ts';
import { type MappingKind, mappingKind } from './faults/places.ts';

export interface MappedPages extends MappingPages {
  /** 'stack' also for memory without a name that holds a thread's stack, where it is no larger than one. */
  readonly kind: MappingKind;
  /** Threads that wait with their stack pointer in it. */
  readonly stackOf: readonly number[];
  /** Resident bytes by NUMA node; null where it was not asked. */
  readonly byNode: ReadonlyMap<number, number> | null;
}

export interface Stacks {
  readonly stackPointers: ReadonlyMap<number, number>;
  readonly stackBytes: number;
}

export interface MemoryMap {
  readonly tgid: number;
  readonly comm: string;
  /** Ascending by address. */
  readonly mappings: readonly MappedPages[];
  /** Threads whose stack could not be found: they were running, or may not be looked at. */
  readonly unknownStacks: number;
  /** Of the process; missing where the kernel knows no nodes. */
  readonly byNode: Maybe<ReadonlyMap<number, number>>;
}

/**
 * The kernel joins neighbours of equal rights, so a mapping may hold a stack and other memory: what is larger than a
 * thread's stack can be is not called one.
 *
 * @param stackPointers of threads, by id
 * @param stackBytes the most that the stack of a thread takes: what pthread_create gives it, its soft RLIMIT_STACK
 */
export function memoryMappings(
  mappings: readonly MappingPages[],
  { stackPointers, stackBytes }: Stacks,
  nodes: ReadonlyMap<number, ReadonlyMap<number, number>> | null,
): readonly MappedPages[] {
  const pointers = [...stackPointers];
  return mappings.map((mapping) => {
    const stackOf = pointers.filter(([, pointer]) => contains(mapping, pointer)).map(([tid]) => tid);
    const kind = mappingKind(mapping);
    const isStack =
      kind === 'anonymous' && stackOf.length > 0 && mapping.bytes <= stackBytes * stackOf.length;
    return {
      ...mapping,
      kind: isStack ? 'stack' : kind,
      stackOf,
      byNode: nodes === null ? null : (nodes.get(mapping.address) ?? new Map()),
    };
  });
}

function contains({ address, bytes }: MappingPages, pointer: number): boolean {
  return pointer >= address && pointer < address + bytes;
}

/** Mappings of one kind; those of files, of one file. */
export interface MemoryGroup {
  readonly kind: MappingKind;
  /** Of a file or shared memory; empty for the rest. */
  readonly path: string;
  readonly mappings: number;
  readonly mappedBytes: number;
  readonly residentBytes: number;
  readonly proportionalBytes: number;
  readonly dirtyBytes: number;
  readonly swapBytes: number;
  readonly hugeBytes: number;
  readonly lockedBytes: number;
}

const SUMMED = ['residentBytes', 'proportionalBytes', 'dirtyBytes', 'swapBytes', 'hugeBytes'] as const;

/**
 * What cannot be accessed (guard pages, reserved address space) is left out: it never becomes resident.
 * @returns most resident first
 */
export function memoryGroups(mappings: readonly MappedPages[]): readonly MemoryGroup[] {
  const groups = new Map<string, MemoryGroup>();
  for (const mapping of mappings) {
    if (!isAccessible(mapping)) continue;
    const path = mapping.kind === 'file' || mapping.kind === 'shared-memory' ? mapping.path : '';
    const key = `${mapping.kind} ${path}`;
    groups.set(key, withMapping(groups.get(key) ?? emptyGroup(mapping.kind, path), mapping));
  }
  return [...groups.values()].sort(
    (a, b) => b.residentBytes + b.swapBytes - a.residentBytes - a.swapBytes || b.mappedBytes - a.mappedBytes,
  );
}

/** All groups as one. */
export function totalOf(groups: readonly MemoryGroup[]): MemoryGroup {
  const total = { ...emptyGroup('unknown', '') } as {
    -readonly [Name in keyof MemoryGroup]: MemoryGroup[Name];
  };
  for (const group of groups) {
    total.mappings += group.mappings;
    total.mappedBytes += group.mappedBytes;
    total.lockedBytes += group.lockedBytes;
    for (const name of SUMMED) total[name] += group[name];
  }
  return total;
}

function isAccessible({ readable, writable, executable }: MappingPages): boolean {
  return readable || writable || executable;
}

function emptyGroup(kind: MappingKind, path: string): MemoryGroup {
  return {
    kind,
    path,
    mappings: 0,
    mappedBytes: 0,
    residentBytes: 0,
    proportionalBytes: 0,
    dirtyBytes: 0,
    swapBytes: 0,
    hugeBytes: 0,
    lockedBytes: 0,
  };
}

function withMapping(group: MemoryGroup, mapping: MappedPages): MemoryGroup {
  return {
    ...group,
    mappings: group.mappings + 1,
    mappedBytes: group.mappedBytes + mapping.bytes,
    residentBytes: group.residentBytes + mapping.residentBytes,
    proportionalBytes: group.proportionalBytes + mapping.proportionalBytes,
    dirtyBytes: group.dirtyBytes + mapping.dirtyBytes,
    swapBytes: group.swapBytes + mapping.swapBytes,
    hugeBytes: group.hugeBytes + mapping.hugeBytes,
    lockedBytes: group.lockedBytes + (mapping.isLocked ? mapping.residentBytes : 0),
  };
}

/** A cell of the picture: the mappings in the order of addresses, each as wide as its size. */
export interface StripCell {
  /** The kind that takes most of the cell. */
  readonly kind: MappingKind;
  /** Of what the cell stands for, 0 to 1. */
  readonly residentRatio: number;
}

/** Gaps between mappings are left out: they are some million times larger than what is mapped. */
export function memoryStrip(mappings: readonly MappedPages[], cells: number): readonly StripCell[] {
  const shown = mappings.filter(isAccessible);
  const totalBytes = shown.reduce((bytes, mapping) => bytes + mapping.bytes, 0);
  if (totalBytes === 0) return [];
  const cellBytes = totalBytes / cells;
  const strip: StripCell[] = [];
  let [next, usedBytes] = [0, 0];
  for (let cell = 0; cell < cells; cell += 1) {
    const parts = new Map<MappingKind, number>();
    let [leftBytes, residentBytes] = [cellBytes, 0];
    while (leftBytes > 1e-6 * cellBytes && next < shown.length) {
      const mapping = shown[next] as MappedPages;
      const takenBytes = Math.min(leftBytes, mapping.bytes - usedBytes);
      parts.set(mapping.kind, (parts.get(mapping.kind) ?? 0) + takenBytes);
      residentBytes += takenBytes * (mapping.residentBytes / mapping.bytes);
      leftBytes -= takenBytes;
      usedBytes += takenBytes;
      if (usedBytes >= mapping.bytes - 1e-6 * cellBytes) [next, usedBytes] = [next + 1, 0];
    }
    const [kind = 'unknown'] = [...parts].sort(([, a], [, b]) => b - a)[0] ?? [];
    strip.push({ kind, residentRatio: Math.min(1, residentBytes / cellBytes) });
  }
  return strip;
}
