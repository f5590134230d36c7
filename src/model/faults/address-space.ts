/**
 * The mappings of one process as they change: from the list at the start, and each new one as the kernel reports it.
 * Unmapping is not reported, so a mapping stands until another takes its place; addresses are therefore looked up in
 * the order of time, while they are fresh.
 */
export const MAPPING_KINDS = [
  'file',
  'heap',
  'stack',
  'anonymous',
  'shared-memory',
  'kernel',
  'unknown',
] as const;
export type MappingKind = (typeof MAPPING_KINDS)[number];

/** The file itself, whatever its path leads to by now. */
export interface FileIdentity {
  /** Device, as the kernel numbers it. */
  readonly major: number;
  readonly minor: number;
  readonly inode: bigint;
}

export interface SpaceMapping {
  readonly address: number;
  readonly bytes: number;
  /** Offset in the file. */
  readonly offset: number;
  readonly executable: boolean;
  readonly shared: boolean;
  /** As the kernel names it: a path, "[heap]", "//anon", or empty. */
  readonly path: string;
  /** null for memory without a file. */
  readonly file: FileIdentity | null;
}

export interface Place {
  readonly kind: MappingKind;
  /** The path of a file, or the kernel's name in brackets; empty for memory without a name. */
  readonly path: string;
  /** In the file; null for memory. */
  readonly fileOffset: number | null;
  readonly executable: boolean;
}

const NOWHERE: Place = { kind: 'unknown', path: '', fileOffset: null, executable: false };

export class AddressSpace {
  /** Ascending, without overlaps. */
  #mappings: SpaceMapping[] = [];
  #codeVersion = 0;

  constructor(mappings: Iterable<SpaceMapping> = []) {
    for (const mapping of mappings) this.map(mapping);
  }

  /** A new mapping; what it covers of older ones is gone. */
  map(mapping: SpaceMapping): void {
    if (mapping.bytes <= 0) return;
    const end = mapping.address + mapping.bytes;
    const first = this.#firstEndingAfter(mapping.address);
    let last = first;
    const pieces: SpaceMapping[] = [mapping];
    for (; last < this.#mappings.length; last += 1) {
      const old = this.#mappings[last] as SpaceMapping;
      if (old.address >= end) break;
      if (old.executable) this.#codeVersion += 1;
      if (old.address < mapping.address) pieces.unshift(part(old, old.address, mapping.address));
      if (old.address + old.bytes > end) pieces.push(part(old, end, old.address + old.bytes));
    }
    if (mapping.executable) this.#codeVersion += 1;
    this.#mappings.splice(first, last - first, ...pieces);
  }

  /** exec replaces all mappings. */
  clear(): void {
    this.#mappings = [];
    this.#codeVersion += 1;
  }

  /** fork copies them. */
  copy(): AddressSpace {
    const copied = new AddressSpace();
    copied.#mappings = [...this.#mappings];
    return copied;
  }

  /** Grows when code may have changed its place: what was looked up of code before does not hold any more. */
  get codeVersion(): number {
    return this.#codeVersion;
  }

  find(address: number): SpaceMapping | null {
    const at = this.#mappings[this.#firstEndingAfter(address)];
    return at === undefined || address < at.address ? null : at;
  }

  place(address: number): Place {
    const at = this.find(address);
    if (at === null) return NOWHERE;
    const kind = mappingKind(at);
    const fileOffset = kind === 'file' ? at.offset + (address - at.address) : null;
    return { kind, path: kind === 'anonymous' ? '' : at.path, fileOffset, executable: at.executable };
  }

  get size(): number {
    return this.#mappings.length;
  }

  /** Binary search: the first mapping whose end is behind the address. */
  #firstEndingAfter(address: number): number {
    let low = 0;
    let high = this.#mappings.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const mapping = this.#mappings[middle] as SpaceMapping;
      if (mapping.address + mapping.bytes <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function part(mapping: SpaceMapping, from: number, to: number): SpaceMapping {
  return { ...mapping, address: from, bytes: to - from, offset: mapping.offset + (from - mapping.address) };
}

/** How the kernel names what: fs/proc/task_mmu.c for maps, kernel/events/core.c perf_event_mmap_event for records. */
export function mappingKind(mapping: Pick<SpaceMapping, 'path' | 'shared'>): MappingKind {
  const { path } = mapping;
  if (path === '[heap]') return 'heap';
  if (/^\[stack(:\d+)?\]$/.test(path)) return 'stack';
  if (/^\[(vdso|vvar|vvar_vclock|vsyscall|uprobes)\]$/.test(path)) return 'kernel';
  if (path === '' || path === '//anon' || path.startsWith('[anon')) return 'anonymous';
  if (/^(\/dev\/zero|\/dev\/shm\/|\/memfd:|\/SYSV|\/anon_hugepage)/.test(path)) return 'shared-memory';
  return path.startsWith('/') ? 'file' : 'unknown';
}
