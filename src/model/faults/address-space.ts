/**
 * The mappings of one process as they change: from the list at the start, and each new one as the kernel reports it.
 * Unmapping is not reported, so a mapping stands until another takes its place; addresses are therefore looked up in
 * the order of time, while they are fresh.
 */
import type { Place } from './places.ts';

/** The file itself, whatever its path leads to by now. */
export interface FileIdentity {
  /** Device, as the kernel numbers it. */
  readonly major: number;
  readonly minor: number;
  readonly inode: bigint;
}

export interface SpaceMapping {
  readonly address: number;
  readonly bytes: number;
  /** Offset in the file. */
  readonly offset: number;
  readonly executable: boolean;
  /** Writes go to the file, or to who else has it. */
  readonly shared: boolean;
  readonly place: Place;
  /** null for memory without a file. */
  readonly file: FileIdentity | null;
}

export class AddressSpace {
  /** Ascending, without overlaps. */
  #mappings: SpaceMapping[] = [];
  /** Found last: threads stay in a mapping for a while. */
  #recent: SpaceMapping | null = null;
  #codeVersion = 0;

  constructor(mappings: Iterable<SpaceMapping> = []) {
    for (const mapping of mappings) this.map(mapping);
  }

  /** A new mapping; what it covers of older ones is gone. */
  map(mapping: SpaceMapping): void {
    if (mapping.bytes <= 0) return;
    const end = mapping.address + mapping.bytes;
    const first = this.#firstEndingAfter(mapping.address);
    let last = first;
    const pieces: SpaceMapping[] = [mapping];
    for (; last < this.#mappings.length; last += 1) {
      const old = this.#mappings[last] as SpaceMapping;
      if (old.address >= end) break;
      if (old.executable) this.#codeVersion += 1;
      if (old.address < mapping.address) pieces.unshift(part(old, old.address, mapping.address));
      if (old.address + old.bytes > end) pieces.push(part(old, end, old.address + old.bytes));
    }
    if (mapping.executable) this.#codeVersion += 1;
    this.#mappings.splice(first, last - first, ...pieces);
    this.#recent = null;
  }

  /** exec replaces all mappings. */
  clear(): void {
    this.#mappings = [];
    this.#recent = null;
    this.#codeVersion += 1;
  }

  /** fork copies them. */
  copy(): AddressSpace {
    const copied = new AddressSpace();
    copied.#mappings = [...this.#mappings];
    return copied;
  }

  /** Grows when code may have changed its place: what was looked up of code before does not hold any more. */
  get codeVersion(): number {
    return this.#codeVersion;
  }

  find(address: number): SpaceMapping | null {
    const recent = this.#recent;
    if (recent !== null && address >= recent.address && address < recent.address + recent.bytes)
      return recent;
    const at = this.#mappings[this.#firstEndingAfter(address)];
    if (at === undefined || address < at.address) return null;
    this.#recent = at;
    return at;
  }

  get size(): number {
    return this.#mappings.length;
  }

  /** Binary search: the first mapping whose end is behind the address. */
  #firstEndingAfter(address: number): number {
    let low = 0;
    let high = this.#mappings.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const mapping = this.#mappings[middle] as SpaceMapping;
      if (mapping.address + mapping.bytes <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function part(mapping: SpaceMapping, from: number, to: number): SpaceMapping {
  return { ...mapping, address: from, bytes: to - from, offset: mapping.offset + (from - mapping.address) };
}

/** Where an address of a mapping lies in its file; null for memory. */
export function fileOffsetAt(mapping: SpaceMapping, address: number): number | null {
  return mapping.place.kind === 'file' ? mapping.offset + (address - mapping.address) : null;
}
