/** Writes BTF for tests and fixtures: just the kinds and fields that a test names. */

export interface WrittenMember {
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  /** Above 0 for a bit field, which needs `kindFlag`. */
  readonly bitCount?: number;
}

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
  func: 12,
  enum64: 19,
};

export class BtfWriter {
  readonly #strings: number[] = [0];
  readonly #names = new Map<string, number>([['', 0]]);
  readonly #types: number[][] = [];

  int(name: string, sizeBytes: number, bits = { offset: 0, count: sizeBytes * 8 }): number {
    return this.#add(name, KIND.int, 0, sizeBytes, [(bits.offset << 16) | bits.count]);
  }

  pointer(to: number): number {
    return this.#add('', KIND.ptr, 0, to);
  }

  array(of: number, length: number, indexType: number): number {
    return this.#add('', KIND.array, 0, 0, [of, indexType, length]);
  }

  /** `kindFlag` decides how member offsets are written: with it, the upper byte is the width of a bit field. */
  struct(name: string, sizeBytes: number, members: readonly WrittenMember[], kindFlag = false): number {
    return this.#composite(KIND.struct, name, sizeBytes, members, kindFlag);
  }

  union(name: string, sizeBytes: number, members: readonly WrittenMember[]): number {
    return this.#composite(KIND.union, name, sizeBytes, members, false);
  }

  enum(name: string, values: Readonly<Record<string, number>>): number {
    const words = Object.entries(values).flatMap(([key, value]) => [this.#name(key), value]);
    return this.#add(name, KIND.enum, Object.keys(values).length, 4, words);
  }

  enum64(name: string, values: Readonly<Record<string, bigint>>): number {
    const words = Object.entries(values).flatMap(([key, value]) => [
      this.#name(key),
      Number(BigInt.asIntN(32, value)),
      Number(BigInt.asIntN(32, value >> 32n)),
    ]);
    return this.#add(name, KIND.enum64, Object.keys(values).length, 8, words);
  }

  typedef(name: string, to: number): number {
    return this.#add(name, KIND.typedef, 0, to);
  }

  qualifier(kind: 'const' | 'volatile', to: number): number {
    return this.#add('', KIND[kind], 0, to);
  }

  /** Its prototype is left out: nobody asks for it. */
  func(name: string): number {
    return this.#add(name, KIND.func, 0, 0);
  }

  bytes(): Uint8Array {
    const words = this.#types.flat();
    const header = 24;
    const bytes = new Uint8Array(header + words.length * 4 + this.#strings.length);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, 0xeb9f, true);
    view.setUint8(2, 1);
    [header, 0, words.length * 4, words.length * 4, this.#strings.length].forEach((word, i) => {
      view.setUint32(4 + i * 4, word, true);
    });
    words.forEach((word, i) => {
      view.setInt32(header + i * 4, word | 0, true);
    });
    bytes.set(this.#strings, header + words.length * 4);
    return bytes;
  }

  #composite(
    kind: number,
    name: string,
    sizeBytes: number,
    members: readonly WrittenMember[],
    kindFlag: boolean,
  ): number {
    const words = members.flatMap((member) => [
      this.#name(member.name),
      member.type,
      kindFlag ? ((member.bitCount ?? 0) << 24) | member.bitOffset : member.bitOffset,
    ]);
    return this.#add(name, kind, members.length | (kindFlag ? 1 << 31 : 0), sizeBytes, words);
  }

  #add(name: string, kind: number, info: number, sizeOrType: number, tail: readonly number[] = []): number {
    this.#types.push([this.#name(name), info | (kind << 24), sizeOrType, ...tail]);
    return this.#types.length;
  }

  #name(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const at = this.#strings.length;
    this.#strings.push(...new TextEncoder().encode(name), 0);
    this.#names.set(name, at);
    return at;
  }
}
