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
/** What a layout knows of one that lies within it. */
export interface Inner<Value = unknown> {
  readonly sizeBytes: number;
  decode(view: DataView, at: number): Value;
}
export type FieldType = Scalar | Counters | Inner;

export type ValueOf<Type extends FieldType> = Type extends 'u64'
  ? bigint
  : Type extends Counters
    ? readonly bigint[]
    : Type extends Inner<infer Value>
      ? Value
      : number;

export type Fields = Readonly<Record<string, FieldType>>;

export type Decoded<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

/** The fields of a layout, for types made of it. */
export type FieldsOf<L> = L extends Layout<infer F> ? F : never;

export class Layout<F extends Fields> implements Inner<Decoded<F>> {
  readonly sizeBytes: number;
  readonly #fields: F;
  readonly #offsets: ReadonlyMap<string, number>;

  constructor(fields: F) {
    const offsets = new Map<string, number>();
    let at = 0;
    for (const [name, type] of Object.entries(fields)) {
      at = roundUp(at, type === 'u32' || type === 'i32' ? 4 : 8);
      offsets.set(name, at);
      at += sizeOf(type);
    }
    this.#fields = fields;
    this.#offsets = offsets;
    this.sizeBytes = roundUp(at, 8);
  }

  /** From the start of the struct, in bytes. */
  offset(field: keyof F & string): number {
    return this.#offsets.get(field) as number;
  }

  /** @throws FormatError where the bytes end too early */
  decode(view: DataView, at: number): Decoded<F> {
    if (at + this.sizeBytes > view.byteLength)
      throw new FormatError(`${this.sizeBytes} bytes`, `${view.byteLength - at}`);
    const entries = Object.entries(this.#fields).map(([name, type]) => [
      name,
      decodeField(view, at + (this.#offsets.get(name) as number), type),
    ]);
    return Object.fromEntries(entries) as Decoded<F>;
  }

  /** All records of bytes that hold nothing else. @throws FormatError where the last one is cut */
  decodeAll(bytes: Uint8Array): Decoded<F>[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const records: Decoded<F>[] = [];
    for (let at = 0; at < bytes.length; at += this.sizeBytes) records.push(this.decode(view, at));
    return records;
  }
}

function sizeOf(type: FieldType): number {
  if (typeof type === 'string') return type === 'u64' ? 8 : 4;
  return 'counters' in type ? type.counters * 8 : type.sizeBytes;
}

function decodeField(view: DataView, at: number, type: FieldType): unknown {
  if (type === 'u64') return view.getBigUint64(at, true);
  if (typeof type === 'string') return type === 'i32' ? view.getInt32(at, true) : view.getUint32(at, true);
  if (!('counters' in type)) return type.decode(view, at);
  return Array.from({ length: type.counters }, (_, i) => view.getBigUint64(at + i * 8, true));
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
