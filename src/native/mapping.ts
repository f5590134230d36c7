/**
 * A memory mapping and its only owner.
 *
 * A view made by koffi neither owns nor keeps the memory: reading one after munmap kills the process. So nobody holds
 * a view for longer than a call; they borrow it from the mapping, which unmaps once and then refuses.
 */
import { checked, libcFunction, viewOf } from './libc.ts';

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;

const mmap = libcFunction<[null, number, number, number, number, number]>(
  'int64_t mmap(void *address, size_t bytes, int protection, int flags, int fd, int64_t offset)',
);
const munmap = libcFunction<[bigint, number]>('int munmap(void *address, size_t bytes)');

export class Mapping implements Disposable {
  readonly bytes: number;
  readonly #address: bigint;
  #area: ArrayBuffer | null;

  /** Maps the start of a file descriptor, shared. @throws KernelError */
  constructor(fd: number, bytes: number, writable = true) {
    this.bytes = bytes;
    const protection = PROT_READ | (writable ? PROT_WRITE : 0);
    this.#address = BigInt(checked('mmap', mmap(null, bytes, protection, MAP_SHARED, fd, 0)));
    this.#area = viewOf(this.#address, bytes);
  }

  /** The memory, for the length of a call: keep no view of it. @throws Error after close */
  borrow(): ArrayBuffer {
    if (this.#area === null) throw new Error('the mapping is closed');
    return this.#area;
  }

  /** Unmaps; a second call does nothing. */
  close(): void {
    if (this.#area === null) return;
    this.#area = null;
    munmap(this.#address, this.bytes);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
