/**
 * Memory that is mapped anew for every run, so that its page faults are taken where they are measured. It lies inside of
 * the memory of a WebAssembly instance, where the loops work; V8 does not notice that other pages are behind it.
 */
import { adviseHugePages } from '../../native/advise.ts';
import { addressOf, KernelError } from '../../native/libc.ts';
import { mapAnew, type NewMapping } from '../../native/own-memory.ts';
import { pageBytes, threadCpuNs, threadUsage } from '../../native/thread-usage.ts';
import type { PageChoice } from '../experiment.ts';
import { type Touch, touchOver } from '../kernels/touch.ts';
import { HUGE_PAGE_BYTES } from './area.ts';

const WASM_PAGE_BYTES = 65_536;
/** V8 compiles a function again, better, when it was called often. */
const WARM_UP_CALLS = 3_000;
const WARM_UP_WORDS = 1_024;
export const WORD_BYTES = 4;

/** What a piece of work took, of this thread alone. Faults are the kernel's own count. */
export interface Phase {
  /** CPU time: bringing in memory that is free waits for nothing, and what others took meanwhile is not in it. */
  readonly ns: number;
  /** By the clock: for work that waits for storage. */
  readonly wallNs: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
}

export class FreshArea {
  /** Where it begins in the memory of the loops; on a huge page. */
  readonly offset: number;
  readonly bytes: number;
  readonly pageBytes = pageBytes();
  readonly touch: Touch;
  readonly whole: Uint8Array;

  /** @param bytes whole huge pages where these are wanted, else whole pages. @throws RangeError for want of memory */
  constructor(bytes: number) {
    const count = Math.ceil((bytes + HUGE_PAGE_BYTES) / WASM_PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: count, maximum: count });
    this.offset = Number(-addressOf(new Uint8Array(memory.buffer)) & BigInt(HUGE_PAGE_BYTES - 1));
    this.bytes = bytes;
    this.whole = new Uint8Array(memory.buffer, this.offset, bytes);
    this.touch = touchOver(memory);
    for (let i = 0; i < WARM_UP_CALLS; i += 1) {
      this.touch.write(this.offset, WORD_BYTES, WARM_UP_WORDS);
      this.touch.read(this.offset, WORD_BYTES, WARM_UP_WORDS);
      this.touch.scatter(this.offset, WARM_UP_WORDS, WARM_UP_WORDS, 1 + i);
    }
  }

  /** Untouched again. @throws KernelError */
  renew(pages: PageChoice, how: NewMapping = {}): void {
    mapAnew(this.whole, how);
    this.advise(pages);
  }

  /** In huge pages that the administrator reserved. @throws KernelError ENOMEM where there are not enough */
  renewReserved(): void {
    mapAnew(this.whole, { hugetlb: true });
  }

  /** @throws KernelError but for a kernel without huge pages, which has small ones only */
  advise(pages: PageChoice): void {
    try {
      adviseHugePages(this.whole, pages === 'huge');
    } catch (error) {
      if (pages === 'huge' || !(error instanceof KernelError && error.errnoName === 'EINVAL')) throw error;
    }
  }

  /** A store to each page. */
  populate(): void {
    this.touch.write(this.offset, this.pageBytes, this.bytes / this.pageBytes);
  }

  /** A store to each word. */
  fill(): void {
    this.touch.write(this.offset, WORD_BYTES, this.bytes / WORD_BYTES);
  }
}

/** @returns what the work took; what it throws passes through */
export function phaseOf(work: () => void): Phase {
  const before = threadUsage();
  const startedAt = performance.now();
  const began = threadCpuNs();
  work();
  const ns = threadCpuNs() - began;
  const wallNs = (performance.now() - startedAt) * 1e6;
  const after = threadUsage();
  return {
    ns,
    wallNs,
    minorFaults: after.minorFaults - before.minorFaults,
    majorFaults: after.majorFaults - before.majorFaults,
  };
}

/** Whole pages of this size, one at least. */
export function wholePages(bytes: number, pages: PageChoice): number {
  const step = pages === 'huge' ? HUGE_PAGE_BYTES : pageBytes();
  return Math.max(1, Math.floor(bytes / step)) * step;
}
