/** Where memory faults: files, and kinds of memory without one. Each once, so that faults are counted by its number. */
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

export interface Place {
  /** In its table; that of NOWHERE for places beyond what the table keeps. */
  readonly id: number;
  readonly kind: MappingKind;
  /** The path of a file, or the kernel's name in brackets; empty for memory without a name. */
  readonly path: string;
}

export const NOWHERE: Place = { id: 0, kind: 'unknown', path: '' };

/** A hostile target could map endless files. */
const MOST_PLACES = 100_000;

export class PlaceTable {
  readonly #places: Place[] = [NOWHERE];
  readonly #known = new Map<MappingKind, Map<string, Place>>([['unknown', new Map([['', NOWHERE]])]]);

  /** By number. */
  get places(): readonly Place[] {
    return this.#places;
  }

  placeOf(kind: MappingKind, path: string): Place {
    let paths = this.#known.get(kind);
    if (paths === undefined) {
      paths = new Map();
      this.#known.set(kind, paths);
    }
    const known = paths.get(path);
    if (known !== undefined) return known;
    if (this.#places.length >= MOST_PLACES) return { id: NOWHERE.id, kind, path };
    const place = { id: this.#places.length, kind, path };
    this.#places.push(place);
    paths.set(path, place);
    return place;
  }

  /** The place of a mapping. */
  ofMapping(mapping: NamedMapping): Place {
    const kind = mappingKind(mapping);
    return this.placeOf(kind, kind === 'anonymous' ? '' : mapping.path);
  }
}

interface NamedMapping {
  /** As the kernel names it: a path, "[heap]", "//anon", or empty. */
  readonly path: string;
  readonly shared: boolean;
}

/** How the kernel names what: fs/proc/task_mmu.c for maps, kernel/events/core.c perf_event_mmap_event for records. */
export function mappingKind({ path }: NamedMapping): MappingKind {
  if (path === '[heap]') return 'heap';
  if (/^\[stack(:\d+)?\]$/.test(path)) return 'stack';
  if (/^\[(vdso|vvar|vvar_vclock|vsyscall|uprobes)\]$/.test(path)) return 'kernel';
  if (path === '' || path === '//anon' || path.startsWith('[anon')) return 'anonymous';
  if (/^(\/dev\/zero|\/dev\/shm\/|\/memfd:|\/SYSV|\/anon_hugepage)/.test(path)) return 'shared-memory';
  return path.startsWith('/') ? 'file' : 'unknown';
}
