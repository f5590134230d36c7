/**
 * The ring of a perf event: one page of positions and a power of two of data pages, shared with the kernel.
 * The kernel moves the head, we move the tail; include/uapi/linux/perf_event.h, struct perf_event_mmap_page.
 */
import { Mapping } from './mapping.ts';
import type { PerfEvent } from './perf-event.ts';

/** Byte offsets in the first page. */
const DATA_HEAD = 1024;
const DATA_TAIL = 1032;
/** A drain gives the ring back in this many parts. */
const PARTS = 16;

export class PerfRing implements Disposable {
  readonly dataBytes: number;
  readonly #mapping: Mapping;
  readonly #pageBytes: number;
  #tail = 0;

  /**
   * @param dataPages a power of two
   * @throws KernelError: EPERM past perf_event_mlock_kb without privilege, EINVAL for an inherited event of all CPUs
   */
  constructor(event: Pick<PerfEvent, 'fd'>, dataPages: number, pageBytes: number) {
    this.#pageBytes = pageBytes;
    this.dataBytes = dataPages * pageBytes;
    this.#mapping = new Mapping(event.fd, pageBytes + this.dataBytes);
  }

  /**
   * Lets `take` look at the bytes that have come, a part of the ring at a time, so that the kernel gets room back
   * while we work. `take` sees the data area as words, with positions that only grow, must not keep it, and answers
   * the position up to which it is done, at least `enough`.
   * @returns the bytes taken
   */
  drain(take: (words: Uint32Array, tail: number, head: number, enough: number) => number): number {
    const area = this.#mapping.borrow();
    const positions = new BigUint64Array(area, 0, this.#pageBytes / 8);
    const words = new Uint32Array(area, this.#pageBytes, this.dataBytes / 4);
    const began = this.#tail;
    // The atomic load orders our reads of the data behind it, the store orders them before it (man 2 perf_event_open).
    const head = Number(Atomics.load(positions, DATA_HEAD / 8));
    while (this.#tail < head) {
      this.#tail = take(words, this.#tail, head, Math.min(head, this.#tail + this.dataBytes / PARTS));
      Atomics.store(positions, DATA_TAIL / 8, BigInt(this.#tail));
    }
    return head - began;
  }

  /**
   * Hands over all bytes that have come, uninterpreted, in up to two pieces: the end of the ring may lie between. They
   * must not be kept. The room is given back when `take` returns.
   * @returns the bytes taken
   */
  takeAll(take: (first: Uint8Array, second: Uint8Array) => void): number {
    const area = this.#mapping.borrow();
    const positions = new BigUint64Array(area, 0, this.#pageBytes / 8);
    const head = Number(Atomics.load(positions, DATA_HEAD / 8));
    const bytes = head - this.#tail;
    if (bytes === 0) return 0;
    const [first, second] = pieces(new Uint8Array(area, this.#pageBytes, this.dataBytes), this.#tail, bytes);
    take(first, second);
    this.#tail = head;
    Atomics.store(positions, DATA_TAIL / 8, BigInt(head));
    return bytes;
  }

  close(): void {
    this.#mapping.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The bytes from a position that only grows, of an area that is written round and round. */
export function pieces(
  area: Uint8Array,
  position: number,
  bytes: number,
): [first: Uint8Array, second: Uint8Array] {
  const from = position % area.length;
  const first = Math.min(bytes, area.length - from);
  return [area.subarray(from, from + first), area.subarray(0, bytes - first)];
}
