/**
 * Files kept in the page cache: mapped shared and for reading, and locked there: mmap(2), mlock(2). A page that one
 * mapping has locked stays for everyone who maps the file (Documentation/mm/unevictable-lru.rst).
 */
import { checked, int32, libcFunction } from './libc.ts';

const mmap = libcFunction<[null, number, number, number, number, number]>(
  'int64_t mmap(void *address, size_t bytes, int protection, int flags, int fd, int64_t offset)',
);
const mlock = libcFunction<[bigint, number]>('int mlock(int64_t address, size_t bytes)');

const PROT_READ = 1;
const MAP_SHARED = 1;

/**
 * Reads in what is missing of the range, and keeps it until this process ends: nobody unmaps it.
 * @param offset begins a page
 * @throws KernelError ENOMEM beyond the limit of locked memory, or where the file has become shorter; EAGAIN where
 * memory is short; ENODEV for a file system without mappings
 */
export function keepFileRange(fd: number, offset: number, bytes: number): void {
  const address = checked('mmap', mmap(null, bytes, PROT_READ, MAP_SHARED, int32(fd, 'fd'), offset));
  checked('mlock', mlock(BigInt(address), bytes));
}
