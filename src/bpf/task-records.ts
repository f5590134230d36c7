/** What the task iterator writes, decoded: one record per thread, in the order of ids. */

import { CpuSet } from '../base/cpu-set.ts';
import { FormatError } from '../base/errors.ts';
import { decodeFixedText } from '../base/fixed-text.ts';
import { type BootNs, bootNs } from '../base/ids.ts';
import { type Maybe, type Missing, missing } from '../base/missing.ts';
import type { Place } from './record-writer.ts';
import { type CpuTimeSplit, PF_KTHREAD, splitRunTime, stateLetter } from './task-semantics.ts';

export interface TaskRecordLayout {
  readonly sizeBytes: number;
  /** By name; a field that the kernel has not is not in it. */
  readonly places: ReadonlyMap<string, Place>;
}

/** Of the process: the same for all its threads. Exact to some pages per CPU: the kernel counts per CPU. */
export interface TaskMemory {
  readonly anonymousBytes: number;
  readonly fileBytes: number;
  readonly sharedBytes: number;
  readonly swapBytes: number;
}

/** One thread as the kernel holds it. Absolute counters are bigint; they start at zero with the thread. */
export interface TaskRecord {
  readonly tid: number;
  readonly tgid: number;
  /** At most 15 bytes, chosen by the task itself: may hold anything. */
  readonly comm: string;
  /** One letter, as in /proc/PID/stat. */
  readonly state: string;
  /** PF_* bits of include/linux/sched.h. */
  readonly flags: number;
  /** SCHED_*: 0 other, 1 fifo, 2 rr, 3 batch, 5 idle, 6 deadline, 7 ext. */
  readonly policy: number;
  readonly nice: number;
  /** 0 for policies without real-time priority. */
  readonly realtimePriority: number;
  /** The CPU it ran on last. */
  readonly cpu: Maybe<number>;
  /** After boot; with the id, the identity of the task. */
  readonly startNs: BootNs;
  readonly startTicks: bigint;
  /** Split by the clock tick, their sum exact: as /proc/PID/stat has them. */
  readonly userNs: Maybe<bigint>;
  readonly systemNs: Maybe<bigint>;
  readonly runTimeNs: Maybe<bigint>;
  readonly runDelayNs: Maybe<bigint>;
  readonly timeslices: Maybe<bigint>;
  readonly voluntarySwitches: Maybe<bigint>;
  readonly involuntarySwitches: Maybe<bigint>;
  readonly minorFaults: Maybe<bigint>;
  readonly majorFaults: Maybe<bigint>;
  readonly migrations: Maybe<bigint>;
  /** The mask as the kernel holds it; CPUs that are offline stay in it. */
  readonly affinity: Maybe<CpuSet>;
  readonly memory: Maybe<TaskMemory>;
}

/** What the records do not say of themselves. */
export interface TaskRecordUnits {
  readonly pageBytes: number;
  readonly ticksPerSec: number;
}

/** TASK_COMM_LEN. */
const COMM_BYTES = 16;

/** What kernels may lack; the names of the record's fields, or of what several of them make. */
const OPTIONAL_FIELDS = [
  'cpu',
  'userNs',
  'systemNs',
  'runTimeNs',
  'runDelayNs',
  'timeslices',
  'voluntarySwitches',
  'involuntarySwitches',
  'minorFaults',
  'majorFaults',
  'migrations',
  'affinity',
  'memory',
] as const;
type OptionalField = (typeof OPTIONAL_FIELDS)[number];

/** MAX_RT_PRIO + NICE_WIDTH / 2: the static priority of nice 0. */
const NICE_ZERO = 120;

const NO_MEMORY = missing('absent', 'task->mm', 'a kernel thread or an ended task has no memory of its own');

/**
 * Decodes the bytes of sweeps. Kept between them: most threads of a machine sleep, and one whose bytes are what they
 * were keeps its record, which saves nine tenths of the work of a sweep.
 */
export class TaskRecords {
  readonly #layout: TaskRecordLayout;
  readonly #pageBytes: number;
  readonly #nsPerTick: bigint;
  /** By field, its index into the words or halves of a record; absent fields have none. */
  readonly #at: Readonly<Record<string, number | undefined>>;
  readonly #absent: Readonly<Record<string, Missing>>;
  readonly #maskWords: number;
  readonly #masks = new Map<string, CpuSet>();
  #words: BigUint64Array = new BigUint64Array(0);
  #halves: Uint32Array = new Uint32Array(0);
  #bytes: Uint8Array = new Uint8Array(0);
  #previous: readonly TaskRecord[] = [];
  /** The bytes of `#previous`, at the start: room for more, so that a sweep does not ask the system for memory. */
  #previousHalves: Uint32Array = new Uint32Array(0);

  constructor(layout: TaskRecordLayout, units: TaskRecordUnits) {
    this.#layout = layout;
    this.#pageBytes = units.pageBytes;
    this.#nsPerTick = 1_000_000_000n / BigInt(units.ticksPerSec);
    const places = [...layout.places];
    this.#at = Object.fromEntries(places.map(([name, { offset, width }]) => [name, (offset * 8) / width]));
    this.#absent = Object.fromEntries(
      OPTIONAL_FIELDS.map((name) => [name, missing('absent', `task_struct, for ${name}`)]),
    );
    this.#maskWords = places.filter(([name]) => /^mask\d+$/.test(name)).length;
  }

  /** @param bytes whole records, aligned to 8 bytes. @throws FormatError where the last one is cut */
  decode(bytes: Uint8Array): TaskRecord[] {
    const { sizeBytes } = this.#layout;
    if (bytes.length % sizeBytes !== 0)
      throw new FormatError(`records of ${sizeBytes} bytes`, `${bytes.length} bytes`);
    this.#bytes = bytes;
    this.#words = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    this.#halves = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const records: TaskRecord[] = [];
    let earlier = 0;
    for (let at = 0; at < bytes.length; at += sizeBytes) {
      const tid = this.#half('tid', at / 4);
      // Both sweeps are in the order of ids.
      while (earlier < this.#previous.length && (this.#previous[earlier] as TaskRecord).tid < tid)
        earlier += 1;
      records.push(
        this.#isUnchanged(at, earlier) ? (this.#previous[earlier] as TaskRecord) : this.#record(at),
      );
    }
    this.#previous = records;
    if (this.#previousHalves.length < this.#halves.length)
      this.#previousHalves = new Uint32Array(this.#halves.length * 2);
    this.#previousHalves.set(this.#halves);
    return records;
  }

  #isUnchanged(at: number, earlier: number): boolean {
    if (earlier >= this.#previous.length) return false;
    const halves = this.#halves;
    const previous = this.#previousHalves;
    const end = (at + this.#layout.sizeBytes) / 4;
    const shift = (earlier * this.#layout.sizeBytes - at) / 4;
    for (let i = at / 4; i < end; i += 1) {
      if (halves[i] !== previous[i + shift]) return false;
    }
    return true;
  }

  #record(at: number): TaskRecord {
    const word = at / 8;
    const half = at / 4;
    const flags = this.#half('flags', half);
    const startNs = this.#word('startNs', word);
    const runTimeNs = this.#counter('runTimeNs', word);
    const cpuTimes = this.#cpuTimes(word, runTimeNs);
    const cpu = this.#at.cpu;
    return {
      tid: this.#half('tid', half),
      tgid: this.#half('tgid', half),
      comm: this.#comm(at + (this.#at.comm0 ?? 0) * 8),
      state: stateLetter(this.#half('state', half), this.#half('exitState', half)),
      flags,
      policy: this.#half('policy', half),
      nice: this.#half('staticPriority', half) - NICE_ZERO,
      realtimePriority: this.#half('realtimePriority', half),
      cpu: cpu === undefined ? (this.#absent.cpu as Missing) : (this.#halves[half + cpu] as number),
      startNs: bootNs(startNs),
      startTicks: startNs / this.#nsPerTick,
      userNs: cpuTimes === null ? (this.#absent.userNs as Missing) : cpuTimes.userNs,
      systemNs: cpuTimes === null ? (this.#absent.systemNs as Missing) : cpuTimes.systemNs,
      runTimeNs,
      runDelayNs: this.#counter('runDelayNs', word),
      timeslices: this.#counter('timeslices', word),
      voluntarySwitches: this.#counter('voluntarySwitches', word),
      involuntarySwitches: this.#counter('involuntarySwitches', word),
      minorFaults: this.#counter('minorFaults', word),
      majorFaults: this.#counter('majorFaults', word),
      migrations: this.#counter('migrations', word),
      affinity: this.#affinity(word),
      memory: this.#memory(word, flags),
    };
  }

  #word(name: string, base: number): bigint {
    return this.#words[base + (this.#at[name] as number)] as bigint;
  }

  #half(name: string, base: number): number {
    return this.#halves[base + (this.#at[name] as number)] as number;
  }

  #counter(name: OptionalField, base: number): Maybe<bigint> {
    const index = this.#at[name];
    return index === undefined ? (this.#absent[name] as Missing) : (this.#words[base + index] as bigint);
  }

  #cpuTimes(base: number, runTimeNs: Maybe<bigint>): CpuTimeSplit | null {
    const { utime, stime, previousUtime, previousStime } = this.#at;
    if (typeof runTimeNs !== 'bigint' || utime === undefined || stime === undefined) return null;
    if (previousUtime === undefined || previousStime === undefined) return null;
    const words = this.#words;
    return splitRunTime(runTimeNs, {
      ticks: { userNs: words[base + utime] as bigint, systemNs: words[base + stime] as bigint },
      previous: {
        userNs: words[base + previousUtime] as bigint,
        systemNs: words[base + previousStime] as bigint,
      },
    });
  }

  /** Up to the first zero byte. Most names are plain ASCII, for which a decoder is ten times slower than this. */
  #comm(at: number): string {
    let text = '';
    for (let i = at; i < at + COMM_BYTES; i += 1) {
      const byte = this.#bytes[i] as number;
      if (byte === 0) break;
      if (byte >= 0x80) return decodeFixedText(this.#bytes.subarray(at, at + COMM_BYTES));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #affinity(base: number): Maybe<CpuSet> {
    const first = this.#at.mask0;
    if (first === undefined) return this.#absent.affinity as Missing;
    const words = this.#words.subarray(base + first, base + first + this.#maskWords);
    const key = words.length === 1 ? String(words[0]) : words.join(',');
    const known = this.#masks.get(key);
    if (known !== undefined) return known;
    const mask = CpuSet.fromMaskBytes(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    this.#masks.set(key, mask);
    return mask;
  }

  #memory(base: number, flags: number): Maybe<TaskMemory> {
    if (this.#at.hasMemory === undefined) return this.#absent.memory as Missing;
    if ((flags & PF_KTHREAD) !== 0 || this.#word('hasMemory', base) === 0n) return NO_MEMORY;
    return {
      anonymousBytes: this.#bytesOf('anonymousPages', base),
      fileBytes: this.#bytesOf('filePages', base),
      sharedBytes: this.#bytesOf('sharedPages', base),
      swapBytes: this.#bytesOf('swapPages', base),
    };
  }

  /** A sum over CPUs in progress may be below zero; the kernel itself then says 0 (percpu_counter_read_positive). */
  #bytesOf(name: string, base: number): number {
    const index = (base + (this.#at[name] as number)) * 2;
    const pages = ((this.#halves[index + 1] as number) | 0) * 2 ** 32 + (this.#halves[index] as number);
    return Math.max(0, pages) * this.#pageBytes;
  }
}
