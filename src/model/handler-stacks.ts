/**
 * The stacks of a process below whose pointer the kernel may write at any time, as it does before a signal handler runs.
 * Some runtimes (Go, for one) run on small stacks of their own among other data, and have signals on another one: what
 * looks like memory there is not free.
 */
import type { TaskMapping } from '../kernel/task/maps.ts';

/** glibc and musl make one page; nobody makes more than this. */
const MOST_GUARD_BYTES = 1024 * 1024;
/** Stacks are 8 MiB by default; what is larger by far is rather a heap. */
const MOST_STACK_BYTES = 64 * 1024 * 1024;

/** The main thread's, and what lies right above a guard. @param mappings ascending */
export function handlerStacks(mappings: readonly TaskMapping[]): readonly TaskMapping[] {
  return mappings.filter((mapping, i) => {
    if (!mapping.readable || !mapping.writable || mapping.shared || mapping.inode !== 0n) return false;
    if (mapping.path === '[stack]') return true;
    return mapping.bytes <= MOST_STACK_BYTES && isGuard(mappings[i - 1], mapping);
  });
}

function isGuard(below: TaskMapping | undefined, mapping: TaskMapping): boolean {
  if (below === undefined || below.address + below.bytes !== mapping.address) return false;
  return !below.readable && !below.writable && !below.executable && below.bytes <= MOST_GUARD_BYTES;
}
