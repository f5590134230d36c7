/**
 * The kernel's own description of its types (BTF), read for the few answers that programs need.
 *
 * A kernel describes some hundred thousand types. No table of names is built: a name is searched as bytes in the string
 * section, and the types that carry its offset are found by one pass over the types. Format:
 * Documentation/bpf/btf.rst. All reads are checked: any bytes give a Btf or a FormatError, and a cycle of types ends.
 */
import { FormatError } from '../base/errors.ts';
import { type Maybe, missing } from '../base/missing.ts';
import { type KernelTypes, type Member, type MemberPath, pathText, type TypeKind } from './kernel-types.ts';

const MAGIC = 0xeb9f;
const HEADER_BYTES = 24;
/** Of a type: name offset, info, size or type. */
const TYPE_BYTES = 12;

const KIND = {
  int: 1,
  ptr: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  func: 12,
  typeTag: 18,
  enum64: 19,
} as const;

/** Bytes that follow the first twelve, by kind: [fixed, per element]. Kinds are BTF_KIND_* of uapi/linux/btf.h. */
const TAIL: readonly (readonly [fixed: number, each: number])[] = [
  [0, 0], // void
  [4, 0], // INT
  [0, 0], // PTR
  [12, 0], // ARRAY
  [0, 12], // STRUCT
  [0, 12], // UNION
  [0, 8], // ENUM
  [0, 0], // FWD
  [0, 0], // TYPEDEF
  [0, 0], // VOLATILE
  [0, 0], // CONST
  [0, 0], // RESTRICT
  [0, 0], // FUNC
  [0, 8], // FUNC_PROTO
  [4, 0], // VAR
  [0, 12], // DATASEC
  [0, 0], // FLOAT
  [4, 0], // DECL_TAG
  [0, 0], // TYPE_TAG
  [0, 12], // ENUM64
];

/** A struct nested deeper than this is a cycle in corrupt bytes. */
const DEEPEST = 32;
/** Members looked at for one name; task_struct has some 300. Corrupt bytes could nest a struct in itself many times. */
const MOST_MEMBERS = 100_000;

/** Of every machine that runs Node.js and these programs. */
const POINTER_BYTES = 8;

interface Found {
  readonly bitOffset: number;
  readonly type: number;
  /** 0 for a member that is no bit field. */
  readonly bitCount: number;
}

export class Btf implements KernelTypes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stringsAt: number;
  readonly #stringsEnd: number;
  /** By type number, where its description begins; number 0 is void. */
  readonly #types: Uint32Array;
  readonly #idsByName = new Map<string, readonly number[]>();
  #membersLeft = 0;

  /** @throws FormatError for bytes that are no little-endian BTF */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < HEADER_BYTES || this.#view.getUint16(0, true) !== MAGIC)
      throw new FormatError('BTF of a little-endian machine', firstBytes(bytes));
    const headerBytes = this.#u32(4);
    const typesAt = headerBytes + this.#u32(8);
    const typesEnd = typesAt + this.#u32(12);
    this.#stringsAt = headerBytes + this.#u32(16);
    this.#stringsEnd = this.#stringsAt + this.#u32(20);
    if (headerBytes < HEADER_BYTES || typesEnd > bytes.length || this.#stringsEnd > bytes.length)
      throw new FormatError('BTF sections within the file', `${typesEnd}, ${this.#stringsEnd}`);
    this.#types = this.#indexTypes(typesAt, typesEnd);
  }

  /** How many types there are; they are numbered from 1. */
  get typeCount(): number {
    return this.#types.length - 1;
  }

  typeId(kind: TypeKind, name: string): Maybe<number> {
    const found = this.#idsNamed(name).find((id) => this.#isKind(id, kind));
    return found ?? missing('absent', `${kind} ${name}`);
  }

  member(struct: string, path: MemberPath): Maybe<Member> {
    const absent = missing('absent', pathText(struct, path));
    const root = this.#idsNamed(struct).find((id) => this.#isKind(id, 'struct') || this.#isKind(id, 'union'));
    if (root === undefined) return absent;
    this.#membersLeft = MOST_MEMBERS;
    let at: Found = { bitOffset: 0, type: root, bitCount: 0 };
    for (const step of path) {
      const next = typeof step === 'number' ? this.#element(at.type, step) : this.#find(at.type, step, 0);
      if (next === null) return absent;
      at = { ...next, bitOffset: at.bitOffset + next.bitOffset };
    }
    return this.#memberOf(at) ?? absent;
  }

  enumerator(name: string): Maybe<number> {
    const nameAt = this.#offsetOfName(name);
    for (let id = 1; nameAt !== null && id < this.#types.length; id += 1) {
      const kind = this.#kind(id);
      if (kind !== KIND.enum && kind !== KIND.enum64) continue;
      const each = kind === KIND.enum ? 8 : 12;
      const start = this.#at(id) + TYPE_BYTES;
      for (let i = 0; i < this.#count(id); i += 1) {
        if (this.#u32(start + i * each) !== nameAt) continue;
        const low = this.#view.getInt32(start + i * each + 4, true);
        return kind === KIND.enum
          ? low
          : this.#view.getInt32(start + i * each + 8, true) * 2 ** 32 + (low >>> 0);
      }
    }
    return missing('absent', `enumerator ${name}`);
  }

  #indexTypes(from: number, end: number): Uint32Array {
    // A type takes at least 12 bytes, which bounds their number.
    const starts = new Uint32Array(Math.floor((end - from) / TYPE_BYTES) + 1);
    let count = 1;
    let at = from;
    while (at + TYPE_BYTES <= end) {
      const info = this.#view.getUint32(at + 4, true);
      const tail = TAIL[(info >>> 24) & 0x1f];
      if (tail === undefined) throw new FormatError('a known kind of BTF type', `${(info >>> 24) & 0x1f}`);
      starts[count] = at;
      count += 1;
      at += TYPE_BYTES + tail[0] + tail[1] * (info & 0xffff);
    }
    if (at !== end) throw new FormatError('BTF types that fill their section', `${at - end} bytes over`);
    return starts.slice(0, count);
  }

  /** Where the name lies in the string section; names are stored once. */
  #offsetOfName(name: string): number | null {
    if (name === '') return null;
    const wanted = new TextEncoder().encode(`\0${name}\0`);
    const strings = this.#bytes.subarray(this.#stringsAt, this.#stringsEnd);
    const at = indexOf(strings, wanted);
    return at < 0 ? null : at + 1;
  }

  #idsNamed(name: string): readonly number[] {
    const known = this.#idsByName.get(name);
    if (known !== undefined) return known;
    const nameAt = this.#offsetOfName(name);
    const ids: number[] = [];
    for (let id = 1; nameAt !== null && id < this.#types.length; id += 1) {
      if (this.#view.getUint32(this.#types[id] as number, true) === nameAt) ids.push(id);
    }
    this.#idsByName.set(name, ids);
    return ids;
  }

  #memberOf(found: Found): Member | null {
    const { bitOffset, bitCount } = this.#withOldBitField(found);
    if (bitCount > 0) {
      const first = bitOffset % 8;
      return {
        offsetBytes: (bitOffset - first) / 8,
        sizeBytes: Math.ceil((first + bitCount) / 8),
        bits: { first, count: bitCount },
      };
    }
    const sizeBytes = this.#size(found.type, 0);
    return sizeBytes === null ? null : { offsetBytes: bitOffset / 8, sizeBytes, bits: null };
  }

  /** Without kind_flag, the INT type itself says how wide the field is and where in its storage it begins. */
  #withOldBitField(found: Found): Found {
    const id = this.#resolved(found.type);
    if (found.bitCount > 0 || this.#kind(id) !== KIND.int) return found;
    const encoding = this.#u32(this.#at(id) + TYPE_BYTES);
    const bitCount = encoding & 0xff;
    if (bitCount === this.#u32(this.#at(id) + 8) * 8) return found;
    return { ...found, bitOffset: found.bitOffset + ((encoding >>> 16) & 0xff), bitCount };
  }

  /** The member of this name, also within anonymous structs and unions. */
  #find(type: number, name: string, depth: number): Found | null {
    const id = this.#resolved(type);
    const kind = this.#kind(id);
    if ((kind !== KIND.struct && kind !== KIND.union) || depth > DEEPEST) return null;
    const hasBitFields = this.#info(id) >>> 31 === 1;
    const start = this.#at(id) + TYPE_BYTES;
    for (let i = 0; i < this.#count(id); i += 1) {
      this.#membersLeft -= 1;
      if (this.#membersLeft < 0) throw new FormatError('structs that end', name);
      const at = start + i * 12;
      const place = this.#u32(at + 8);
      // With kind_flag the upper byte is the width of a bit field; without it, all is offset.
      const bitOffset = hasBitFields ? place & 0xffffff : place;
      const member = { bitOffset, type: this.#u32(at + 4), bitCount: hasBitFields ? place >>> 24 : 0 };
      const nameAt = this.#u32(at);
      if (nameAt !== 0 && this.#isName(nameAt, name)) return member;
      const inner = nameAt === 0 ? this.#find(member.type, name, depth + 1) : null;
      if (inner !== null) return { ...inner, bitOffset: bitOffset + inner.bitOffset };
    }
    return null;
  }

  #element(type: number, index: number): Found | null {
    const id = this.#resolved(type);
    if (this.#kind(id) !== KIND.array) return null;
    const at = this.#at(id) + TYPE_BYTES;
    const sizeBytes = this.#size(this.#u32(at), 0);
    if (sizeBytes === null || index >= this.#u32(at + 8)) return null;
    return { bitOffset: index * sizeBytes * 8, type: this.#u32(at), bitCount: 0 };
  }

  /** Without typedefs, const, volatile, restrict and tags. */
  #resolved(type: number): number {
    let id = type;
    for (let depth = 0; depth < DEEPEST; depth += 1) {
      const kind = this.#kind(id);
      const passes = (kind >= KIND.typedef && kind <= KIND.restrict) || kind === KIND.typeTag;
      if (!passes) return id;
      id = this.#u32(this.#at(id) + 8);
    }
    throw new FormatError('types that end', `a cycle at type ${type}`);
  }

  #size(type: number, depth: number): number | null {
    const id = this.#resolved(type);
    switch (this.#kind(id)) {
      case KIND.ptr:
        return POINTER_BYTES;
      case KIND.array: {
        const at = this.#at(id) + TYPE_BYTES;
        const each = depth > DEEPEST ? null : this.#size(this.#u32(at), depth + 1);
        return each === null ? null : each * this.#u32(at + 8);
      }
      case KIND.int:
      case KIND.struct:
      case KIND.union:
      case KIND.enum:
      case KIND.enum64:
        return this.#u32(this.#at(id) + 8);
      default:
        return null;
    }
  }

  #isKind(id: number, kind: TypeKind): boolean {
    const found = this.#kind(id);
    return found === KIND[kind] || (kind === 'enum' && found === KIND.enum64);
  }

  #isName(nameAt: number, name: string): boolean {
    const start = this.#stringsAt + nameAt;
    if (start + name.length >= this.#stringsEnd || this.#bytes[start + name.length] !== 0) return false;
    for (let i = 0; i < name.length; i += 1) if (this.#bytes[start + i] !== name.charCodeAt(i)) return false;
    return true;
  }

  #kind(id: number): number {
    return id === 0 ? 0 : (this.#info(id) >>> 24) & 0x1f;
  }

  #count(id: number): number {
    return this.#info(id) & 0xffff;
  }

  #info(id: number): number {
    return this.#u32(this.#at(id) + 4);
  }

  #at(id: number): number {
    const at = this.#types[id];
    if (at === undefined || at === 0) throw new FormatError(`a type from 1 to ${this.typeCount}`, String(id));
    return at;
  }

  #u32(at: number): number {
    if (at + 4 > this.#view.byteLength) throw new FormatError('more bytes', `end of BTF at ${at}`);
    return this.#view.getUint32(at, true);
  }
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(wanted);
}

function firstBytes(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
