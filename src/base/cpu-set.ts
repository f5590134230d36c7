/**
 * A set of CPUs, or of anything the kernel numbers from 0 and writes as lists and masks (NUMA nodes too).
 *
 * Immutable. Grammar of lists: Documentation/admin-guide/kernel-parameters.rst, "cpu lists" (`0-3,8`, `0-15:2/4` is
 * the first two of every four); and util-linux's shorter stride, `0-15:2` every second one. Masks: 32-bit hexadecimal
 * words, the most significant first, with commas between them.
 */
import { FormatError } from './errors.ts';

/** The kernel's own limit (CONFIG_NR_CPUS) is 8192; anything far above is a mistake or an attack. */
export const MAX_CPU = 65_535;

export class CpuSet {
  static readonly EMPTY = new CpuSet([]);

  readonly #ids: readonly number[];
  readonly #has: ReadonlySet<number>;

  private constructor(sorted: readonly number[]) {
    this.#ids = sorted;
    this.#has = new Set(sorted);
  }

  static of(...ids: number[]): CpuSet {
    return CpuSet.from(ids);
  }

  /** @throws RangeError for an id that is no whole number from 0 to MAX_CPU */
  static from(ids: Iterable<number>): CpuSet {
    const unique = [...new Set(ids)].sort((a, b) => a - b);
    for (const id of unique) {
      if (!Number.isInteger(id) || id < 0 || id > MAX_CPU) throw new RangeError(`not a CPU number: ${id}`);
    }
    return new CpuSet(unique);
  }

  static range(first: number, last: number): CpuSet {
    return CpuSet.from(Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i));
  }

  /**
   * Parses a cpulist; blank text is the empty set, as the kernel writes it.
   * @throws FormatError naming the offending part
   */
  static parseList(text: string): CpuSet {
    const trimmed = text.trim();
    if (trimmed === '') return CpuSet.EMPTY;
    const ids: number[] = [];
    for (const part of trimmed.split(/[,\s]+/)) {
      if (part !== '') addListPart(part, ids);
    }
    return CpuSet.from(ids);
  }

  /**
   * Parses a cpumask such as `ff`, `0xff` or `1,00000000`.
   * @throws FormatError naming the offending text
   */
  static parseMask(text: string): CpuSet {
    const words = text.trim().replace(/^0x/i, '').split(',');
    const digits = words.map((word, i) => (i === 0 ? word : word.padStart(8, '0')));
    if (
      !words.every((word) => /^[0-9a-f]+$/i.test(word)) ||
      (words.length > 1 && words.some((w) => w.length > 8))
    ) {
      throw new FormatError('a cpumask', text.trim());
    }
    const hex = digits.join('');
    const ids: number[] = [];
    for (let i = 0; i < hex.length; i += 1) {
      const nibble = Number.parseInt(hex.charAt(hex.length - 1 - i), 16);
      for (let bit = 0; bit < 4; bit += 1) if (nibble & (1 << bit)) ids.push(i * 4 + bit);
    }
    if ((ids.at(-1) ?? 0) > MAX_CPU)
      throw new FormatError(`a cpumask of at most ${MAX_CPU + 1} bits`, text.trim());
    return CpuSet.from(ids);
  }

  /** The set bits of little-endian mask bytes, as sched_getaffinity(2) fills them on the machines Node.js runs on. */
  static fromMaskBytes(bytes: Uint8Array): CpuSet {
    const ids: number[] = [];
    bytes.forEach((byte, i) => {
      for (let bit = 0; bit < 8; bit += 1) if (byte & (1 << bit)) ids.push(i * 8 + bit);
    });
    return CpuSet.from(ids);
  }

  /** @throws RangeError where a CPU does not fit into `length` bytes */
  toMaskBytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (const id of this.#ids) {
      if (id >= length * 8) throw new RangeError(`CPU ${id} does not fit into a mask of ${length} bytes`);
      bytes[id >> 3] = (bytes[id >> 3] ?? 0) | (1 << (id & 7));
    }
    return bytes;
  }

  get size(): number {
    return this.#ids.length;
  }

  get isEmpty(): boolean {
    return this.#ids.length === 0;
  }

  get first(): number | undefined {
    return this.#ids[0];
  }

  get last(): number | undefined {
    return this.#ids.at(-1);
  }

  has(id: number): boolean {
    return this.#has.has(id);
  }

  /** In ascending order. */
  ids(): readonly number[] {
    return this.#ids;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#ids[Symbol.iterator]();
  }

  union(other: CpuSet): CpuSet {
    return CpuSet.from([...this.#ids, ...other.#ids]);
  }

  intersect(other: CpuSet): CpuSet {
    return new CpuSet(this.#ids.filter((id) => other.has(id)));
  }

  minus(other: CpuSet): CpuSet {
    return new CpuSet(this.#ids.filter((id) => !other.has(id)));
  }

  equals(other: CpuSet): boolean {
    return this.size === other.size && this.isSubsetOf(other);
  }

  isSubsetOf(other: CpuSet): boolean {
    return this.#ids.every((id) => other.has(id));
  }

  overlaps(other: CpuSet): boolean {
    return this.#ids.some((id) => other.has(id));
  }

  /** The list that lscpu and taskset would write: ranges, and strides (`0-62:2`) from four members on. */
  toString(): string {
    return this.#parts(true).join(',');
  }

  /** Ranges and single numbers only: what every kernel file accepts. */
  toKernelList(): string {
    return this.#parts(false).join(',');
  }

  /** 32-bit words, the most significant first: what every kernel mask file accepts. */
  toMask(): string {
    const words: number[] = new Array(Math.floor((this.last ?? 0) / 32) + 1).fill(0);
    for (const id of this.#ids) words[id >> 5] = ((words[id >> 5] ?? 0) | (1 << (id & 31))) >>> 0;
    return words
      .reverse()
      .map((word, i) => (i === 0 ? word.toString(16) : word.toString(16).padStart(8, '0')))
      .join(',');
  }

  toJSON(): string {
    return this.toString();
  }

  #parts(strides: boolean): string[] {
    const parts: string[] = [];
    for (let i = 0; i < this.#ids.length; ) {
      const first = this.#ids[i] as number;
      const step = i + 1 < this.#ids.length ? (this.#ids[i + 1] as number) - first : 1;
      let last = i;
      while (last + 1 < this.#ids.length && this.#ids[last + 1] === (this.#ids[last] as number) + step)
        last += 1;
      const members = last - i + 1;
      if (step === 1 && members >= 2) parts.push(`${first}-${this.#ids[last]}`);
      else if (strides && members >= 4 && !this.#runStartsAt(last))
        parts.push(`${first}-${this.#ids[last]}:${step}`);
      else {
        parts.push(`${first}`);
        last = i;
      }
      i = last + 1;
    }
    return parts;
  }

  /** Whether a plain range starts at this index: then a stride must not swallow its first member. */
  #runStartsAt(index: number): boolean {
    return this.#ids[index + 1] === (this.#ids[index] as number) + 1;
  }
}

function addListPart(part: string, ids: number[]): void {
  const match = /^(\d+)(?:-(\d+)(?::(\d+)(?:\/(\d+))?)?)?$/.exec(part);
  if (!match) throw new FormatError('a cpulist', part);
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  // "a-b:used/group" is the kernel's; "a-b:stride" is util-linux's and means 1 of every `stride`.
  const used = match[4] === undefined ? 1 : Number(match[3]);
  const group = match[4] === undefined ? Number(match[3] ?? 1) : Number(match[4]);
  if (last < first || last > MAX_CPU || used < 1 || group < 1 || used > group) {
    throw new FormatError(`a cpulist of CPUs 0-${MAX_CPU} in ascending ranges`, part);
  }
  for (let at = first; at <= last; at += group) {
    for (let id = at; id < at + used && id <= last; id += 1) ids.push(id);
  }
}
