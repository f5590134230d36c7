/** /proc/PID/smaps: what of each mapping of a process is resident, swapped out, dirty, huge and locked. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';
import { kibToBytes, numberedLines } from '../lines.ts';
import { parseMapping, type TaskMapping } from './maps.ts';

export interface MappingPages extends TaskMapping {
  readonly residentBytes: number;
  /** Its share of the resident bytes, where pages are shared with other processes. */
  readonly proportionalBytes: number;
  readonly dirtyBytes: number;
  /** Out in swap. */
  readonly swapBytes: number;
  /** Of the resident bytes, mapped as huge pages: transparent ones of any memory. */
  readonly hugeBytes: number;
  /** Pages of hugetlbfs, which are not among the resident ones. */
  readonly hugetlbBytes: number;
  /** VM_LOCKED (mlock, mlockall, MAP_LOCKED): its pages stay, once they are there. null where flags are not told. */
  readonly isLocked: boolean | null;
  /** Memory of a device or of the kernel, or of hugetlbfs, which mlock passes over (mm/mlock.c, mlock_fixup). */
  readonly isUnlockable: boolean | null;
}

/**
 * The kernel walks the page tables of the process under its mmap lock, held for reading: page faults go on since
 * Linux 6.4 (per-VMA locks), mmap and munmap wait. It touches no page and clears no flag.
 */
export const taskSmaps = fileReader({
  path: '/proc/{pid}/smaps',
  doc: 'man 5 proc_pid_smaps',
  capture: 'never', // holds addresses
  parse: parseSmaps,
});

const HEADER = /^[0-9a-f]+-[0-9a-f]+ /;

/** @throws FormatError */
export function parseSmaps(text: string): readonly MappingPages[] {
  const mappings: MappingPages[] = [];
  let header: TaskMapping | null = null;
  let fields = new Map<string, { line: number; value: string }>();
  const finish = () => {
    if (header !== null) mappings.push(withPages(header, fields));
    fields = new Map();
  };
  for (const { line, text: content } of numberedLines(text)) {
    if (HEADER.test(content)) {
      finish();
      header = parseMapping(content, line);
      continue;
    }
    const colon = content.indexOf(':');
    if (header === null || colon < 0) throw new FormatError('a mapping', content, line);
    fields.set(content.slice(0, colon), { line, value: content.slice(colon + 1).trim() });
  }
  finish();
  return mappings;
}

/** VM_IO, VM_DONTEXPAND, VM_PFNMAP, VM_MIXEDMAP, VM_HUGETLB (fs/proc/task_mmu.c, show_smap_vma_flags). */
const NOT_LOCKED: ReadonlySet<string> = new Set(['io', 'de', 'pf', 'mm', 'ht']);

type Fields = ReadonlyMap<string, { line: number; value: string }>;

function withPages(mapping: TaskMapping, fields: Fields): MappingPages {
  const resident = fields.get('Rss');
  if (resident === undefined) throw new FormatError('a line Rss', mapping.path);
  // A kernel without the line cannot have such pages.
  const sum = (...names: readonly string[]) =>
    names.reduce((bytes, name) => {
      const field = fields.get(name);
      return bytes + (field === undefined ? 0 : kibToBytes(field));
    }, 0);
  const flags = fields.get('VmFlags')?.value.split(/\s+/);
  return {
    ...mapping,
    residentBytes: kibToBytes(resident),
    proportionalBytes: sum('Pss'),
    dirtyBytes: sum('Shared_Dirty', 'Private_Dirty'),
    swapBytes: sum('Swap'),
    hugeBytes: sum('AnonHugePages', 'ShmemPmdMapped', 'FilePmdMapped'),
    hugetlbBytes: sum('Shared_Hugetlb', 'Private_Hugetlb'),
    isLocked: flags?.includes('lo') ?? null,
    isUnlockable: flags?.some((flag) => NOT_LOCKED.has(flag)) ?? null,
  };
}
