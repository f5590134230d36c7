/** Advice about another process's memory: process_madvise(2), Linux 5.10; man 2 process_madvise. */
import { checked, libcFunction } from './libc.ts';
import type { Pidfd } from './pidfd.ts';

const call = libcFunction<[number, number, BigUint64Array, number, number, number]>(
  'int64_t syscall(long number, int pidfd, const void *vector, size_t ranges, int advice, unsigned int flags)',
);

/** The same on every architecture, as every call since Linux 5.1. */
const PROCESS_MADVISE = 440;

/** include/uapi/asm-generic/mman-common.h: what a process may advise another. */
export const ADVICE = { willneed: 3, cold: 20, pageout: 21 } as const;
export type Advice = keyof typeof ADVICE;

/**
 * @param address of a page
 * @returns bytes of the range that were advised, from its start
 * @throws KernelError EPERM (needs the right to trace the process, and CAP_SYS_NICE), ESRCH, ENOMEM where nothing is
 * mapped, EINVAL for locked memory, ENOSYS before Linux 5.10
 */
export function adviseProcess(process: Pidfd, address: number, bytes: number, advice: Advice): number {
  // struct iovec; off the V8 heap, and referenced until the call has returned.
  const vector = new BigUint64Array(new ArrayBuffer(16));
  vector[0] = BigInt(address);
  vector[1] = BigInt(bytes);
  return Number(checked('process_madvise', call(PROCESS_MADVISE, process.fd, vector, 1, ADVICE[advice], 0)));
}
