/**
 * Perf events with one ring per CPU.
 *
 * A ring takes the samples of every event of its CPU. Inherited events need an event per thread and CPU; the threads
 * born later are the kernel's affair then. Everything is closed together, and by the kernel when the process dies.
 */

import { KernelError } from '../native/libc.ts';
import { type EventScope, PerfEvent } from '../native/perf-event.ts';
import { PerfRing } from '../native/perf-ring.ts';
import { type EventAttributes, encodeAttributes, READ_LOST, READ_TIMES_ID } from '../perf/attributes.ts';
import { RECORD } from '../perf/records.ts';
import { RingCursor } from '../perf/ring-cursor.ts';

/** As perf_event_open takes it. */
const ANY_CPU = -1;

export interface RingOptions {
  readonly cpus: readonly number[];
  readonly pageBytes: number;
  /** Data pages of each ring, a power of two. */
  readonly ringPages: number;
}

interface CpuRing {
  readonly cpu: number;
  readonly owner: PerfEvent;
  readonly ring: PerfRing;
}

export interface EventUse {
  readonly tid?: number;
  readonly programFd?: number;
  /** The program takes its samples; it has no ring, and for a thread is one event for all CPUs. */
  readonly ringless?: boolean;
}

export interface DrainTotals {
  readonly records: number;
  readonly bytes: number;
  /** Share of the fullest ring that was in use, 0 to 1: near 1, records are about to be lost. */
  readonly fullestRatio: number;
}

export class EventRings implements Disposable {
  readonly #options: RingOptions;
  readonly #rings = new Map<number, CpuRing>();
  readonly #events: { readonly name: string; readonly cpu: number; readonly event: PerfEvent }[] = [];
  readonly #nameOf = new Map<number, string>();
  readonly #owned: Disposable[] = [];
  /** Linux 6.0 counts for each event what found no room. */
  #readFormat = READ_TIMES_ID | READ_LOST;

  constructor(options: RingOptions) {
    this.#options = options;
  }

  /**
   * Opens an event for a thread (or all threads of the machine, without `tid`) on every CPU, disabled.
   * @param name told back with each of its samples
   * @param programFd a BPF program that decides about each sample
   * @throws KernelError: ESRCH where the thread has ended
   */
  add(name: string, attributes: EventAttributes, use: EventUse = {}): void {
    const { tid, programFd, ringless = false } = use;
    for (const cpu of ringless && tid !== undefined ? [ANY_CPU] : this.#options.cpus) {
      const event = this.#open(attributes, tid === undefined ? { cpu } : { cpu, tid });
      if (ringless) this.#events.push({ name, cpu, event });
      else this.#attach(name, event, cpu);
      if (programFd !== undefined) event.runProgram(programFd);
    }
  }

  /** The descriptors of an event, by CPU. */
  *descriptorsOf(name: string): Generator<readonly [cpu: number, fd: number]> {
    for (const one of this.#events) if (one.name === name) yield [one.cpu, one.event.fd];
  }

  /** Closes `owned` together with the rings. */
  own(owned: Disposable): void {
    this.#owned.push(owned);
  }

  enable(): void {
    for (const { event } of this.#events) event.enable();
  }

  disable(): void {
    for (const { event } of this.#events) event.disable();
  }

  /** Visits every record that has come; `name` is null for records that are no samples. */
  drain(each: (record: RingCursor, name: string | null, cpu: number) => void): DrainTotals {
    let records = 0;
    let bytes = 0;
    let fullestRatio = 0;
    for (const { cpu, ring } of this.#rings.values()) {
      const visit = (record: RingCursor) => {
        records += 1;
        each(record, this.#sampleName(record), cpu);
      };
      const taken = ring.drain((words, tail, head, enough) =>
        new RingCursor(words).visit(tail, head, visit, enough),
      );
      bytes += taken;
      fullestRatio = Math.max(fullestRatio, taken / ring.dataBytes);
    }
    return { records, bytes, fullestRatio };
  }

  /** What the kernel counted of an event, over all threads and CPUs: to compare with the samples that came. */
  count(name: string): bigint {
    return this.#events
      .filter((one) => one.name === name)
      .reduce((sum, one) => sum + one.event.read().count, 0n);
  }

  /** Records that found no room, as the kernel counts them; null before Linux 6.0. */
  get lost(): bigint | null {
    const counts = this.#events.map(({ event }) => event.read().lost);
    return counts.includes(null) ? null : counts.reduce<bigint>((sum, lost) => sum + (lost ?? 0n), 0n);
  }

  /** The rings, for another thread to map: its own views must be closed before this is. */
  get descriptors(): readonly { readonly fd: number; readonly dataPages: number }[] {
    return [...this.#rings.values()].map(({ owner, ring }) => ({
      fd: owner.fd,
      dataPages: ring.dataBytes / this.#options.pageBytes,
    }));
  }

  get pageBytes(): number {
    return this.#options.pageBytes;
  }

  /** Visits records that were copied from a ring; works after everything is closed. */
  visitor(): (words: Uint32Array, each: (record: RingCursor, name: string | null) => void) => void {
    return (words, each) => {
      new RingCursor(words, true).visit(0, words.length * 4, (record) =>
        each(record, this.#sampleName(record)),
      );
    };
  }

  get openEvents(): number {
    return this.#events.length;
  }

  close(): void {
    for (const { ring } of this.#rings.values()) ring.close();
    for (const { event } of this.#events) event.close();
    for (const owned of this.#owned) owned[Symbol.dispose]();
    this.#rings.clear();
    this.#events.length = 0;
    this.#owned.length = 0;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(attributes: EventAttributes, scope: EventScope): PerfEvent {
    try {
      return new PerfEvent(encodeAttributes(attributes, this.#readFormat), scope);
    } catch (error) {
      const isTooNew = error instanceof KernelError && error.errnoName === 'EINVAL';
      if (!isTooNew || this.#readFormat === READ_TIMES_ID) throw error;
      this.#readFormat = READ_TIMES_ID;
      return this.#open(attributes, scope);
    }
  }

  #attach(name: string, event: PerfEvent, cpu: number): void {
    try {
      const known = this.#rings.get(cpu);
      if (known === undefined) {
        const ring = openRing(event, this.#options);
        this.#rings.set(cpu, { cpu, owner: event, ring });
      } else event.writeTo(known.owner);
      this.#nameOf.set(event.id, name);
      this.#events.push({ name, cpu, event });
    } catch (error) {
      event.close();
      throw error;
    }
  }

  /** The identifier is the first field of every sample. */
  #sampleName(record: RingCursor): string | null {
    return record.type === RECORD.sample ? (this.#nameOf.get(record.word(2)) ?? null) : null;
  }
}

/** An ordinary user may lock perf_event_mlock_kb (516 KiB) per CPU: half as much is tried until it fits. */
function openRing(event: PerfEvent, { ringPages, pageBytes }: RingOptions): PerfRing {
  for (let pages = ringPages; ; pages /= 2) {
    try {
      return new PerfRing(event, pages, pageBytes);
    } catch (error) {
      const refused = error instanceof KernelError && /^(EPERM|ENOMEM)$/.test(error.errnoName);
      if (!refused || pages <= 8) throw error;
    }
  }
}

/** Whether an error says that the task is gone, which is normal while attaching to living threads. */
export function isTaskGone(error: unknown): boolean {
  return error instanceof KernelError && error.errnoName === 'ESRCH';
}
