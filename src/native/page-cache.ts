/** How much of a file is in the page cache: cachestat(2), Linux 6.5; man 2 cachestat. */
import { checked, libcFunction } from './libc.ts';

const call = libcFunction<[number, number, BigUint64Array, BigUint64Array, number]>(
  'long syscall(long number, unsigned int fd, const void *range, void *result, unsigned int flags)',
);

/** The same on every architecture, as every call since Linux 5.1. */
const CACHESTAT = 451;

/**
 * @param fd an open file of ours
 * @returns pages of the range that are in the cache
 * @throws KernelError ENOSYS before Linux 6.5, EOPNOTSUPP for hugetlbfs, EPERM for a file that is neither ours nor
 * writable by us (since 6.15)
 */
export function cachedPages(fd: number, offset: number, bytes: number): number {
  const range = new BigUint64Array(new ArrayBuffer(16));
  range[0] = BigInt(offset);
  range[1] = BigInt(bytes);
  const result = new BigUint64Array(new ArrayBuffer(40));
  checked('cachestat', call(CACHESTAT, fd, range, result, 0));
  return Number(result[0]);
}
