/** Keeping memory of this process in place: mlock(2), mlockall(2) and back. */
import { addressOf, checked, libcFunction } from './libc.ts';

const mlock = libcFunction<[bigint, number]>('int mlock(void *address, size_t bytes)');
const munlock = libcFunction<[bigint, number]>('int munlock(void *address, size_t bytes)');
const mlockall = libcFunction<[number]>('int mlockall(int flags)');
const munlockall = libcFunction<[]>('int munlockall(void)');

const MCL_CURRENT = 1;
const MCL_FUTURE = 2;

/**
 * Brings in the pages and keeps them. It does not nest: one unlock undoes any number of locks.
 * @param memory the kernel rounds it to whole pages, on both sides
 * @throws KernelError ENOMEM beyond the limit (and where pages cannot be had), EPERM where the limit is 0
 */
export function lockMemory(memory: Uint8Array): void {
  checked('mlock', mlock(addressOf(memory), memory.byteLength));
}

export function unlockMemory(memory: Uint8Array): void {
  checked('munlock', munlock(addressOf(memory), memory.byteLength));
}

/**
 * All that is mapped now and all that will be: of a Node.js process some 100 MB, which is brought in.
 * @throws KernelError ENOMEM where more is mapped than the limit allows, EPERM where the limit is 0
 */
export function lockAllMemory(): void {
  checked('mlockall', mlockall(MCL_CURRENT | MCL_FUTURE));
}

export function unlockAllMemory(): void {
  checked('munlockall', munlockall());
}
