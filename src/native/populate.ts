/** Pages that a process maps in inside of which we call: madvise(2) with MADV_POPULATE_READ, Linux 5.14. x86-64. */
import { KernelError } from './libc.ts';
import type { Range } from './memory-lock.ts';
import type { Injection } from './ptrace.ts';
import { inThread } from './ptrace.ts';

/** arch/x86/entry/syscalls/syscall_64.tbl; ptrace.ts refuses other architectures. */
const MADVISE = 28;
/** include/uapi/asm-generic/mman-common.h. Reads: untouched memory gets no pages of its own, and nothing is dirtied. */
const MADV_POPULATE_READ = 22;

/**
 * @returns the ranges that the kernel refused: gone by now, of a device, or not readable. The end of a mapping behind the
 * end of its file is none of them (EFAULT): what can be there is.
 * @throws KernelError as `inThread`; EINVAL before Linux 5.14
 */
export function populateRanges(injection: Injection, ranges: readonly Range[]): readonly Range[] {
  return inThread(injection, (thread) => {
    // Of no bytes: asks only whether the kernel knows the advice.
    thread.call(MADVISE, 0, 0, MADV_POPULATE_READ);
    return ranges.filter(({ address, bytes }) => {
      try {
        thread.call(MADVISE, address, bytes, MADV_POPULATE_READ);
        return false;
      } catch (error) {
        if (!(error instanceof KernelError) || error.call === 'ptrace') throw error;
        return error.errnoName !== 'EFAULT';
      }
    });
  });
}
