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

/** An open file of ours, and what of it is meant: `address` is an offset that begins a page. */
export interface FileRanges {
  readonly fd: number;
  readonly ranges: readonly AddressRange[];
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
  /**
   * Starts a process of ours that can keep files in memory for as long as `target` lives. It keeps none until
   * `keepFiles`, and ends where that does not come. The files may be closed afterwards.
   */
  startKeeper(target: ProcessId, files: readonly FileRanges[]): ProcessId;
  /** Until all of it is in memory, and locked there by the keeper. */
  keepFiles(keeper: ProcessId): void;
  /** What it keeps; 0 as long as it waits. */
  keptBytes(keeper: ProcessId): number;
  /** Until it has ended, and with it the locks. */
  endKeeper(keeper: ProcessId): void;
}
