/**
 * New mappings in the place of memory that this process already has, and what may be asked for them: mmap(2) with
 * MAP_FIXED, madvise(2). Memory mapped anew is untouched, whoever made the array over it.
 */
import { addressOf, checked, int32, libcFunction } from './libc.ts';

const mmap = libcFunction<[bigint | null, number, number, number, number, number]>(
  'int64_t mmap(void *address, size_t bytes, int protection, int flags, int fd, int64_t offset)',
);
const munmap = libcFunction<[bigint, number]>('int munmap(void *address, size_t bytes)');
const madvise = libcFunction<[bigint, number, number]>(
  'int madvise(void *address, size_t bytes, int advice)',
);

const READ_AND_WRITE = 3;
const MAP_SHARED = 0x1;
const MAP_PRIVATE = 0x2;
/** include/uapi/asm-generic/mman-common.h and mman.h; so on every architecture that Node.js runs on. */
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_POPULATE = 0x8000;
const MAP_HUGETLB = 0x4_0000;
/** The logarithm of the page size, in the upper six bits: 2 MiB. */
const MAP_HUGE_2MB = 21 << 26;

const ADVICE = { willneed: 3, pageout: 21, populateRead: 22, populateWrite: 23 } as const;
export type OwnAdvice = keyof typeof ADVICE;

/** Anonymous and private; `populate` asks for its pages at once, and is not told where they could not be had. */
export interface NewMapping {
  readonly populate?: boolean;
  /** Of 2 MiB, from the pool that the administrator reserved. */
  readonly hugetlb?: boolean;
}

/**
 * Puts new, untouched memory in the place of these bytes; what was there is lost.
 * @param memory begins and ends on a page, on a huge page for `hugetlb`; nobody else uses it meanwhile
 * @throws KernelError ENOMEM, EINVAL; of hugetlb too where no page is reserved, and the memory is as before then
 */
export function mapAnew(memory: Uint8Array, { populate = false, hugetlb = false }: NewMapping = {}): void {
  const kind = hugetlb ? MAP_HUGETLB | MAP_HUGE_2MB : 0;
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | kind;
  // A mapping that fails may leave a hole where it should have been. So it is tried elsewhere first.
  if (hugetlb) tryElsewhere(memory.byteLength, flags);
  mapOver(memory, flags | (populate ? MAP_POPULATE : 0), -1);
}

/** The start of a file in the place of these bytes, shared. @throws KernelError ENODEV, EACCES */
export function mapFileOver(memory: Uint8Array, fd: number): void {
  mapOver(memory, MAP_SHARED, int32(fd, 'fd'));
}

function mapOver(memory: Uint8Array, flags: number, fd: number): void {
  const address = addressOf(memory);
  checked('mmap', mmap(address, memory.byteLength, READ_AND_WRITE, flags | MAP_FIXED, fd, 0));
}

function tryElsewhere(bytes: number, flags: number): void {
  const address = BigInt(checked('mmap', mmap(null, bytes, READ_AND_WRITE, flags, -1, 0)));
  munmap(address, bytes);
}

/**
 * @param memory begins and ends on a page
 * @throws KernelError EINVAL where the kernel does not know the advice (populate: before 5.14), or the memory is locked
 * (pageout); ENOMEM, EFAULT where pages could not be had
 */
export function adviseOwn(memory: Uint8Array, advice: OwnAdvice): void {
  checked('madvise', madvise(addressOf(memory), memory.byteLength, ADVICE[advice]));
}
