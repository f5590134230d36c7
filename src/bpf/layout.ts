/**
 * The layout of a struct that a BPF program and TypeScript share: keys and values of maps, records of a ring.
 *
 * Fields lie as C would lay them: each at a multiple of its own width, the whole a multiple of 8. Little-endian.
 */
import { FormatError } from '../base/errors.ts';

export type Scalar = 'u32' | 'i32' | 'u64';
/** A fixed number of u64. */
export interface Counters {
  readonly counters: number;
}
export type FieldType = Scalar | Counters;

export type ValueOf<Type extends FieldType> = Type extends 'u64'
  ? bigint
  : Type extends Counters
    ? readonly bigint[]
    : number;

export type Decoded<Fields extends Readonly<Record<string, FieldType>>> = {
  readonly [Name in keyof Fields]: ValueOf<Fields[Name]>;
};

/** The fields of a layout, for types made of it. */
export type FieldsOf<L> = L extends Layout<infer Fields> ? Fields : never;

export class Layout<Fields extends Readonly<Record<string, FieldType>>> {
  readonly sizeBytes: number;
  readonly #fields: Fields;
  readonly #offsets: ReadonlyMap<string, number>;

  constructor(fields: Fields) {
    const offsets = new Map<string, number>();
    let at = 0;
    for (const [name, type] of Object.entries(fields)) {
      const alignBytes = type === 'u32' || type === 'i32' ? 4 : 8;
      at = roundUp(at, alignBytes);
      offsets.set(name, at);
      at += typeof type === 'object' ? type.counters * 8 : alignBytes;
    }
    this.#fields = fields;
    this.#offsets = offsets;
    this.sizeBytes = roundUp(at, 8);
  }

  /** From the start of the struct, in bytes. */
  offset(field: keyof Fields & string): number {
    return this.#offsets.get(field) as number;
  }

  /** @throws FormatError where the bytes end too early */
  decode(view: DataView, at: number): Decoded<Fields> {
    if (at + this.sizeBytes > view.byteLength)
      throw new FormatError(`${this.sizeBytes} bytes`, `${view.byteLength - at}`);
    const entries = Object.entries(this.#fields).map(([name, type]) => [
      name,
      decodeField(view, at + (this.#offsets.get(name) as number), type),
    ]);
    return Object.fromEntries(entries) as Decoded<Fields>;
  }

  /** All records of bytes that hold nothing else. @throws FormatError where the last one is cut */
  decodeAll(bytes: Uint8Array): Decoded<Fields>[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const records: Decoded<Fields>[] = [];
    for (let at = 0; at < bytes.length; at += this.sizeBytes) records.push(this.decode(view, at));
    return records;
  }
}

function decodeField(view: DataView, at: number, type: FieldType): number | bigint | readonly bigint[] {
  if (typeof type === 'object')
    return Array.from({ length: type.counters }, (_, i) => view.getBigUint64(at + i * 8, true));
  if (type === 'u64') return view.getBigUint64(at, true);
  return type === 'i32' ? view.getInt32(at, true) : view.getUint32(at, true);
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
