/** The maps of a program: what bpf(2) needs to make them, and how their bytes read. */
import type { Decoded, Fields, Layout } from './layout.ts';

/** BPF_MAP_TYPE_* of uapi/linux/bpf.h. */
export const MAP_TYPE = { hash: 1, array: 2, 'event-array': 4, 'per-cpu-array': 6, queue: 22 } as const;
export type MapType = keyof typeof MAP_TYPE;

export interface MapDefinition {
  /** At most 10 characters, so that "keel_" fits before it. */
  readonly name: string;
  readonly type: MapType;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly entries: number;
  /** User space may map its memory (BPF_F_MMAPABLE, Linux 5.5). */
  readonly mappable?: boolean;
}

/**
 * A hash table, allocated as a whole when it is made: programs that run under the scheduler's locks must not allocate.
 * One table for all CPUs, not one per CPU: ours are keyed by task, a task is on one CPU at a time, and a table per CPU
 * would take as many times the memory (7 MB for 16,384 tasks become 1.8 GB on 256 CPUs).
 */
export class TableMap<Key extends Fields, Value extends Fields> implements MapDefinition {
  readonly type = 'hash';
  readonly name: string;
  readonly key: Layout<Key>;
  readonly value: Layout<Value>;
  readonly entries: number;

  constructor(name: string, key: Layout<Key>, value: Layout<Value>, entries: number) {
    this.name = name;
    this.key = key;
    this.value = value;
    this.entries = entries;
  }

  get keyBytes(): number {
    return this.key.sizeBytes;
  }

  get valueBytes(): number {
    return this.value.sizeBytes;
  }

  /** @throws FormatError where the bytes are no whole number of entries */
  decode(bytes: {
    readonly keys: Uint8Array;
    readonly values: Uint8Array;
  }): (Decoded<Key> & Decoded<Value>)[] {
    const values = this.value.decodeAll(bytes.values);
    return this.key.decodeAll(bytes.keys).map((key, i) => ({ ...key, ...(values[i] as Decoded<Value>) }));
  }
}

/** So many values of one layout. */
abstract class Values<Value extends Fields> {
  readonly name: string;
  readonly value: Layout<Value>;
  readonly entries: number;

  constructor(name: string, value: Layout<Value>, entries: number) {
    this.name = name;
    this.value = value;
    this.entries = entries;
  }

  get valueBytes(): number {
    return this.value.sizeBytes;
  }
}

/** One value that a program reaches without a call: what it counts about itself. */
export class OwnCounters<Value extends Fields> extends Values<Value> implements MapDefinition {
  readonly type = 'array';
  readonly keyBytes = 4;

  constructor(name: string, value: Layout<Value>) {
    super(name, value, 1);
  }
}

/** Records in the order of their making, each read once; what does not fit is refused (Linux 4.20). */
export class QueueMap<Value extends Fields> extends Values<Value> implements MapDefinition {
  readonly type = 'queue';
  readonly keyBytes = 0;
}

/** By CPU, the perf event whose ring takes what a program running there writes. */
export class EventArray implements MapDefinition {
  readonly type = 'event-array';
  readonly keyBytes = 4;
  readonly valueBytes = 4;
  readonly name: string;
  readonly entries: number;

  /** @param cpus one more than the highest number a CPU can have */
  constructor(name: string, cpus: number) {
    this.name = name;
    this.entries = cpus;
  }
}

/** One value for each CPU: what one program leaves for the next on the same CPU. */
export class CpuValue<Value extends Fields> extends Values<Value> implements MapDefinition {
  readonly type = 'per-cpu-array';
  readonly keyBytes = 4;

  constructor(name: string, value: Layout<Value>) {
    super(name, value, 1);
  }
}

/** Memory that a program reaches without a call: one value of an array. */
export class SharedMemory implements MapDefinition {
  readonly type = 'array';
  readonly keyBytes = 4;
  readonly entries = 1;
  readonly name: string;
  readonly valueBytes: number;

  /** @param valueBytes at most 4 MiB */
  constructor(name: string, valueBytes: number) {
    this.name = name;
    this.valueBytes = valueBytes;
  }
}

/** Values that we read and write in place, one after the other in one mapping. */
export class MappedArray implements MapDefinition {
  readonly type = 'array';
  readonly mappable = true;
  readonly keyBytes = 4;
  readonly name: string;
  readonly valueBytes: number;
  readonly entries: number;

  /** @param valueBytes a multiple of 8, at most 4 MiB */
  constructor(name: string, valueBytes: number, entries: number) {
    this.name = name;
    this.valueBytes = valueBytes;
    this.entries = entries;
  }
}

/** One value for each of so many numbers, such as CPUs; all CPUs may write all of them. */
export class NumberedValues<Value extends Fields> extends Values<Value> implements MapDefinition {
  readonly type = 'array';
  readonly keyBytes = 4;
}
