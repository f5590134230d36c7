/**
 * Memory to measure in: of a known size, in huge pages or small ones, touched before it is timed.
 *
 * It is the memory of a WebAssembly instance, because the kernels that move 16 bytes at a time need one, and a plain
 * array views the same bytes. It begins on a huge page. How the kernel backed it is told by its own exact count of page
 * faults: a huge page takes one.
 */

import { adviseHugePages, nodeOfMemory } from '../../native/advise.ts';
import { addressOf, KernelError } from '../../native/libc.ts';
import { pageBytes, threadUsage } from '../../native/thread-usage.ts';
import type { PageChoice } from '../experiment.ts';

const WASM_PAGE_BYTES = 65_536;
/** Of x86 and, with 4 KiB pages, of arm64: the alignment that lets every part of the area be huge. */
export const HUGE_PAGE_BYTES = 2 * 1024 * 1024;
/** The memory of one instance holds 65,536 pages; one huge page is lost to the alignment. */
export const MOST_AREA_BYTES = 65_536 * WASM_PAGE_BYTES - HUGE_PAGE_BYTES;
/** Pages whose node is asked for. */
const NODE_PROBES = 16;

export interface Area {
  readonly memory: WebAssembly.Memory;
  /** Where it begins in `memory`. */
  readonly offset: number;
  readonly bytes: number;
  readonly backing: Backing;
}

export interface Backing {
  /** Of the area, 0 to 1: what came in huge pages. */
  readonly hugeRatio: number;
  /** Nodes of pages looked at, ascending; null where the kernel has no NUMA. */
  readonly nodes: readonly number[] | null;
}

/** @throws RangeError where the memory cannot be had */
export function makeArea(bytes: number, pages: PageChoice): Area {
  const count = Math.ceil((bytes + HUGE_PAGE_BYTES) / WASM_PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: count, maximum: count });
  const offset = Number(-addressOf(new Uint8Array(memory.buffer)) & BigInt(HUGE_PAGE_BYTES - 1));
  const whole = new Uint8Array(memory.buffer, offset, bytes);
  advise(whole, pages);
  const faults = touch(whole);
  return {
    memory,
    offset,
    bytes,
    backing: { hugeRatio: hugeRatioOf(bytes, faults, pageBytes()), nodes: nodesOf(whole) },
  };
}

/** As many faults bring in so many bytes where each brings one page, huge or small. */
export function hugeRatioOf(bytes: number, faults: number, smallBytes: number): number {
  const hugePages = (bytes - faults * smallBytes) / (HUGE_PAGE_BYTES - smallBytes);
  return Math.min(1, Math.max(0, (hugePages * HUGE_PAGE_BYTES) / bytes));
}

/** A kernel without huge pages has small ones only, which shows in the faults. */
function advise(memory: Uint8Array, pages: PageChoice): void {
  try {
    adviseHugePages(memory, pages === 'huge');
  } catch (error) {
    if (!(error instanceof KernelError && error.errnoName === 'EINVAL')) throw error;
  }
}

/** @returns how many page faults it took */
function touch(memory: Uint8Array): number {
  const step = pageBytes();
  const before = threadUsage();
  // A write: a page that was only read would be the kernel's one page of zeros.
  for (let at = 0; at < memory.length; at += step) memory[at] = 1;
  const after = threadUsage();
  return Math.max(1, after.minorFaults + after.majorFaults - before.minorFaults - before.majorFaults);
}

/** Nodes of pages here and there; each page is brought in if it is not there. */
export function nodesOf(memory: Uint8Array): readonly number[] | null {
  const step = Math.floor(memory.length / NODE_PROBES);
  const nodes = new Set<number>();
  try {
    for (let i = 0; i < NODE_PROBES; i += 1) nodes.add(nodeOfMemory(memory.subarray(i * step, i * step + 1)));
  } catch (error) {
    if (error instanceof KernelError) return null;
    throw error;
  }
  return [...nodes].sort((a, b) => a - b);
}

/** The area as 32-bit numbers. */
export function wordsOf({ memory, offset, bytes }: Area): Int32Array {
  return new Int32Array(memory.buffer, offset, bytes / 4);
}
