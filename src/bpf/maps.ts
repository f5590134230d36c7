/** The maps of a program: what bpf(2) needs to make them, and how their bytes read. */
import type { Decoded, FieldType, Layout } from './layout.ts';

/** BPF_MAP_TYPE_* of uapi/linux/bpf.h. */
export const MAP_TYPE = { hash: 1, array: 2, perCpuHash: 5, ringbuf: 27 } as const;
export type MapType = keyof typeof MAP_TYPE;

/** BPF_F_MMAPABLE: an array that a program and we share without calls (Linux 5.5). */
export const MAP_MMAPABLE = 0x400;

export interface MapDefinition {
  readonly name: string;
  readonly type: MapType;
  readonly keyBytes: number;
  readonly valueBytes: number;
  /** For a ring, its size in bytes: a power of two and a multiple of the page size. */
  readonly entries: number;
  readonly flags: number;
}

type Fields = Readonly<Record<string, FieldType>>;

/** A map whose keys and values have layouts. */
export class TableMap<Key extends Fields, Value extends Fields> implements MapDefinition {
  readonly name: string;
  readonly type: 'hash' | 'perCpuHash';
  readonly key: Layout<Key>;
  readonly value: Layout<Value>;
  readonly entries: number;
  readonly flags = 0;

  constructor(definition: {
    readonly name: string;
    readonly type: 'hash' | 'perCpuHash';
    readonly key: Layout<Key>;
    readonly value: Layout<Value>;
    readonly entries: number;
  }) {
    this.name = definition.name;
    this.type = definition.type;
    this.key = definition.key;
    this.value = definition.value;
    this.entries = definition.entries;
  }

  get keyBytes(): number {
    return this.key.sizeBytes;
  }

  get valueBytes(): number {
    return this.value.sizeBytes;
  }

  /**
   * The entries of a lookup of many: keys and values one after the other. A per-CPU map has one value per possible CPU
   * and key, in the order of the CPUs.
   * @throws FormatError where the bytes are no whole number of entries
   */
  decode(keys: Uint8Array, values: Uint8Array): { key: Decoded<Key>; values: Decoded<Value>[] }[] {
    const decodedKeys = this.key.decodeAll(keys);
    const decodedValues = this.value.decodeAll(values);
    const each = decodedKeys.length === 0 ? 0 : decodedValues.length / decodedKeys.length;
    return decodedKeys.map((key, i) => ({ key, values: decodedValues.slice(i * each, (i + 1) * each) }));
  }
}

/** An array of one value, shared by mmap: counters of a program about itself. */
export class SharedValue<Value extends Fields> implements MapDefinition {
  readonly name: string;
  readonly type = 'array';
  readonly value: Layout<Value>;
  readonly keyBytes = 4;
  readonly entries = 1;
  readonly flags = MAP_MMAPABLE;

  constructor(name: string, value: Layout<Value>) {
    this.name = name;
    this.value = value;
  }

  get valueBytes(): number {
    return this.value.sizeBytes;
  }
}

/** A ring of records for one reader (Linux 5.8). */
export function ringMap(name: string, sizeBytes: number): MapDefinition {
  return { name, type: 'ringbuf', keyBytes: 0, valueBytes: 0, entries: sizeBytes, flags: 0 };
}
