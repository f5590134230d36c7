/**
 * Buffers of records that a BPF program writes, one for each CPU: the program moves the head, we move the tail.
 * They and their positions are the values of two maps, which we share with the kernel.
 */
import { Mapping } from './mapping.ts';
import { pieces } from './perf-ring.ts';

export interface BufferShape {
  /** Descriptors of the two maps; both have a value for each CPU. */
  readonly buffersFd: number;
  readonly statesFd: number;
  /** One more than the highest number of a CPU. */
  readonly cpus: number;
  /** A power of two. */
  readonly bufferBytes: number;
  readonly stateBytes: number;
  /** Within a state, in bytes; each a counter of 64 bits. */
  readonly headAt: number;
  readonly tailAt: number;
  readonly pageBytes: number;
}

export class RecordBuffers implements Disposable {
  readonly #shape: BufferShape;
  readonly #buffers: Mapping;
  readonly #states: Mapping;

  /** @throws KernelError */
  constructor(shape: BufferShape) {
    this.#shape = shape;
    const { cpus, bufferBytes, stateBytes, pageBytes } = shape;
    this.#buffers = new Mapping(shape.buffersFd, cpus * bufferBytes);
    try {
      this.#states = new Mapping(shape.statesFd, Math.ceil((cpus * stateBytes) / pageBytes) * pageBytes);
    } catch (error) {
      this.#buffers.close();
      throw error;
    }
  }

  /** As PerfRing.takeAll, of one CPU. Records lie one behind the other, also across the two pieces. */
  takeAll(cpu: number, take: (first: Uint8Array, second: Uint8Array) => void): number {
    const { bufferBytes, headAt, tailAt } = this.#shape;
    const counters = this.#counters(cpu);
    const head = Number(Atomics.load(counters, headAt / 8));
    const tail = Number(Atomics.load(counters, tailAt / 8));
    if (head === tail) return 0;
    const area = new Uint8Array(this.#buffers.borrow(), cpu * bufferBytes, bufferBytes);
    const [first, second] = pieces(area, tail, head - tail);
    take(first, second);
    Atomics.store(counters, tailAt / 8, BigInt(head));
    return head - tail;
  }

  /** The sum over all CPUs of a counter of their states, at an offset in bytes. */
  sum(counterAt: number): bigint {
    let sum = 0n;
    for (let cpu = 0; cpu < this.#shape.cpus; cpu += 1)
      sum += Atomics.load(this.#counters(cpu), counterAt / 8);
    return sum;
  }

  close(): void {
    this.#buffers.close();
    this.#states.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #counters(cpu: number): BigUint64Array {
    const { stateBytes } = this.#shape;
    return new BigUint64Array(this.#states.borrow(), cpu * stateBytes, stateBytes / 8);
  }
}
