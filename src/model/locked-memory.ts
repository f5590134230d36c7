/** What `keel locks` knows: how much memory is locked, by whom, and whether the next lock will still succeed. */
import { isMissing, type Maybe } from '../base/missing.ts';
import type { MachineMemory } from '../kernel/proc/meminfo.ts';
import type { Limit } from '../kernel/task/limits.ts';
import type { MappingPages } from '../kernel/task/smaps.ts';

export interface LockedProcess {
  readonly tgid: number;
  readonly comm: string;
  readonly startTicks: bigint;
  readonly unit: string | null;
  /** Of the real user. */
  readonly uid: Maybe<number>;
  /** VmLck: the size of its locked mappings, also pages that were never touched and cannot be. */
  readonly lockedVirtualBytes: number;
  readonly pages: Maybe<LockedPages>;
  /** RLIMIT_MEMLOCK. */
  readonly limit: Maybe<Limit>;
  /** It has CAP_IPC_LOCK, so the limit does not bind it (mm/mlock.c, can_do_mlock). */
  readonly isExempt: Maybe<boolean>;
}

/** Of the mappings that are locked. */
export interface LockedPages {
  /** There, and so kept: what the lock really costs. Pages shared by several processes count in each. */
  readonly residentBytes: number;
  /** Its share of them, where others share the page. */
  readonly proportionalBytes: number;
  /** Mapped without any access (PROT_NONE): they count in VmLck, and never become resident. */
  readonly inaccessibleBytes: number;
  readonly mappings: number;
}

export interface LockedMemory {
  readonly machine: Maybe<MachineMemory>;
  /** Those that lock something, most first. */
  readonly processes: readonly LockedProcess[];
  /** Processes whose status could not be read. */
  readonly unreadable: number;
}

/** Missing where the kernel does not tell which mappings are locked (before Linux 3.8). */
export function lockedPages(mappings: readonly MappingPages[]): LockedPages | null {
  if (mappings.some((mapping) => mapping.isLocked === null)) return null;
  const locked = mappings.filter((mapping) => mapping.isLocked);
  const sum = (pick: (mapping: MappingPages) => number) =>
    locked.reduce((bytes, mapping) => bytes + pick(mapping), 0);
  return {
    residentBytes: sum((mapping) => mapping.residentBytes),
    proportionalBytes: sum((mapping) => mapping.proportionalBytes),
    inaccessibleBytes: sum((mapping) => (isInaccessible(mapping) ? mapping.bytes : 0)),
    mappings: locked.length,
  };
}

function isInaccessible({ readable, writable, executable }: MappingPages): boolean {
  return !readable && !writable && !executable;
}

export const LOCK_WARNINGS = ['machine-critical', 'machine-warning', 'limit-reached', 'limit-near'] as const;
export type LockWarningKind = (typeof LOCK_WARNINGS)[number];

export interface LockWarning {
  readonly kind: LockWarningKind;
  /** null for the machine. */
  readonly tgid: number | null;
  readonly comm: string | null;
  readonly lockedBytes: number;
  /** Of the machine's memory, or of the limit. */
  readonly sharePct: number;
}

/**
 * Half of the memory locked is where reclaim begins to have little left to choose from, four fifths where the machine
 * is close to killing processes: conventions, kept from the document this tool grew out of.
 */
export const WARNING_PCT = 50;
export const CRITICAL_PCT = 80;
/** The next allocation of a program is seldom more than a quarter of what it has locked already. */
const NEAR_LIMIT_PCT = 80;

/** The machine first, then processes in their order. */
export function lockWarnings({ machine, processes }: LockedMemory): readonly LockWarning[] {
  const share = lockedSharePct(machine);
  const warnings: LockWarning[] = [];
  if (share !== null && share > WARNING_PCT && !isMissing(machine)) {
    warnings.push({
      kind: share > CRITICAL_PCT ? 'machine-critical' : 'machine-warning',
      tgid: null,
      comm: null,
      lockedBytes: machine.mlockedBytes ?? 0,
      sharePct: share,
    });
  }
  return [...warnings, ...processes.flatMap(limitWarning)];
}

/** Of all memory, what is locked; null where the kernel does not tell. */
export function lockedSharePct(machine: LockedMemory['machine']): number | null {
  if (isMissing(machine) || machine.mlockedBytes === null || machine.totalBytes === null) return null;
  return (100 * machine.mlockedBytes) / machine.totalBytes;
}

function limitWarning(process: LockedProcess): readonly LockWarning[] {
  const limitBytes = bindingLimitBytes(process);
  if (limitBytes === null || process.lockedVirtualBytes === 0) return [];
  const sharePct = limitBytes === 0 ? 100 : (100 * process.lockedVirtualBytes) / limitBytes;
  if (sharePct < NEAR_LIMIT_PCT) return [];
  const { tgid, comm, lockedVirtualBytes: lockedBytes } = process;
  return [{ kind: sharePct >= 100 ? 'limit-reached' : 'limit-near', tgid, comm, lockedBytes, sharePct }];
}

/** The soft limit, where one binds this process; null where none does, or it is not known. */
export function bindingLimitBytes({
  limit,
  isExempt,
}: Pick<LockedProcess, 'limit' | 'isExempt'>): number | null {
  if (isExempt === true || isMissing(limit) || limit.soft === 'unlimited') return null;
  return Number(limit.soft);
}
