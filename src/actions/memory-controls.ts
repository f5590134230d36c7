/** What actions can turn on the memory of a process. Every call throws `Refused`; a process that has ended is `gone`. */
import type { AddressRange } from '../model/address-ranges.ts';
import type { FutureLock } from '../model/memory-lock.ts';
import type { ProcessId } from './controls.ts';

/** One mapping, and whether it is locked (VM_LOCKED). */
export interface LockableMapping extends AddressRange {
  readonly isLocked: boolean;
  /** Of the bytes, how many are there. */
  readonly residentBytes: number;
}

/** How long threads of others were held, for calls made inside of them. */
export interface HeldTimes {
  readonly sumNs: number;
  readonly longestNs: number;
}

/** Locks are made by the process itself, so its own limit and capabilities decide; one of its threads is held meanwhile. */
export interface MemoryControls {
  /** Since this object was made. */
  readonly heldTimes: HeldTimes;
  /** Ascending by address. */
  mappings(process: ProcessId): readonly LockableMapping[];
  /** Tried out, with a page that the process maps and unmaps again. */
  futureLock(process: ProcessId): Exclude<FutureLock, 'any'>;
  /** Leaves what is mapped now as it is. */
  lockFuture(process: ProcessId, future: 'full' | 'onfault'): void;
  /** Everything, and what comes later (munlockall). */
  unlockAll(process: ProcessId): void;
  /** What is not mapped any more is left out. */
  lock(process: ProcessId, ranges: readonly AddressRange[], onFault: boolean): void;
  unlock(process: ProcessId, ranges: readonly AddressRange[]): void;
  /** RLIMIT_MEMLOCK: "8388608 unlimited", soft and hard, in bytes. */
  lockLimit(process: ProcessId): string;
  setLockLimit(process: ProcessId, limit: string): void;
}
