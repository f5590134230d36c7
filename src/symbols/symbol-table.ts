/** Ranges of addresses with a name each, searched by address. */

export interface SymbolRange {
  readonly start: number;
  /** 0 where the size is not known: the symbol then reaches to the next one, or to `limit`. */
  readonly bytes: number;
  /** No symbol without a size reaches behind this address. */
  readonly limit: number;
  /** Of two names for one start the lower rank is shown. */
  readonly rank: number;
  /** Decoded when asked for: most names of a table never are. */
  readonly name: () => string;
}

export interface FoundSymbol {
  readonly name: string;
  /** The address is this far behind the start. */
  readonly offset: number;
  /** The first address behind the symbol. */
  readonly end: number;
}

/**
 * - `innermost`: a symbol inside another one is meant, as in a linked file
 * - `latest`: memory was used again, and what was written last is there now, as in the map of a JIT compiler
 */
export type Overlaps = 'innermost' | 'latest';

/** A search looks at this many symbols before the address: no function is that deeply nested. */
const MOST_OVERLAPS = 64;

export class SymbolTable {
  readonly #ranges: readonly SymbolRange[];
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #order: Overlaps;

  constructor(ranges: Iterable<SymbolRange>, order: Overlaps = 'innermost') {
    const sorted = [...ranges].sort((a, b) => a.start - b.start || a.rank - b.rank);
    // Aliases: `memcpy` and `__memcpy` begin alike; the first of them is the best one.
    this.#ranges = sorted.filter((range, i) => i === 0 || sorted[i - 1]?.start !== range.start);
    this.#order = order;
    this.#starts = Float64Array.from(this.#ranges, (range) => range.start);
    this.#ends = Float64Array.from(this.#ranges, (range, i) =>
      range.bytes > 0
        ? range.start + range.bytes
        : Math.min(range.limit, this.#ranges[i + 1]?.start ?? range.limit),
    );
  }

  get size(): number {
    return this.#ranges.length;
  }

  /** @returns null where no symbol covers the address */
  find(address: number): FoundSymbol | null {
    let best: number | null = null;
    const last = lastAtOrBefore(this.#starts, address);
    for (let i = last; i >= 0 && i > last - MOST_OVERLAPS; i -= 1) {
      if ((this.#ends[i] as number) <= address) continue;
      if (best === null || this.#rank(i) < this.#rank(best)) best = i;
      if (this.#order === 'innermost') break;
    }
    if (best === null) return null;
    const range = this.#ranges[best] as SymbolRange;
    return { name: range.name(), offset: address - range.start, end: this.#ends[best] as number };
  }

  #rank(i: number): number {
    return (this.#ranges[i] as SymbolRange).rank;
  }
}

/** Binary search in numbers that do not fall: the last one that is no larger; -1 for none. */
export function lastAtOrBefore(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
