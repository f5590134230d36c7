/**
 * A histogram of latencies with equal relative width: each power of two is cut into 32 parts, so a quantile is within
 * 1.6 % of the true value from 32 on, and exact below. The layout is that of HdrHistogram (Gil Tene) with 5 bits.
 */
const SUB_BITS = 5;
const SUB = 1 << SUB_BITS;
/** Reaches up to 8 µs; beyond it, it grows. */
const FIRST_SLOTS = 9 * SUB;

export class LogHistogram {
  /** Not of 32 bits: four billion events are an hour of a busy machine. */
  #counts = new Float64Array(FIRST_SLOTS);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** @param value at least 0; below 2^53 */
  add(value: number): void {
    this.addAt(slotOf(value), value);
  }

  /** For a value that several histograms take. @param slot that of the value */
  addAt(slot: number, value: number): void {
    if (slot >= this.#counts.length) this.#grow(slot);
    this.#counts[slot] = (this.#counts[slot] as number) + 1;
    this.#count += 1;
    this.#sum += value;
    if (value > this.#max) this.#max = value;
  }

  /** All that the other one holds too. */
  merge(other: LogHistogram): void {
    if (other.#counts.length > this.#counts.length) this.#grow(other.#counts.length - 1);
    for (let slot = 0; slot < other.#counts.length; slot += 1)
      this.#counts[slot] = (this.#counts[slot] as number) + (other.#counts[slot] as number);
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#max = Math.max(this.#max, other.#max);
  }

  get count(): number {
    return this.#count;
  }

  /** Exact. */
  get sum(): number {
    return this.#sum;
  }

  /** Exact; 0 where nothing was added. */
  get max(): number {
    return this.#max;
  }

  /** The smallest value that at least `share` (0 to 1) of the values do not exceed; null where there is none. */
  quantile(share: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let slot = 0; slot < this.#counts.length; slot += 1) {
      seen += this.#counts[slot] as number;
      if (seen >= rank) return Math.min(middleOf(slot), this.#max);
    }
    return this.#max;
  }

  /** Counts by power of two: entry i holds values from 2^i to below 2^(i+1); entry 0 also 0. */
  octaves(): readonly number[] {
    const octaves: number[] = [];
    this.#counts.forEach((count, slot) => {
      if (count === 0) return;
      const octave = Math.floor(Math.log2(Math.max(1, lowOf(slot))));
      octaves[octave] = (octaves[octave] ?? 0) + count;
    });
    return Array.from(octaves, (count) => count ?? 0);
  }

  #grow(slot: number): void {
    let length = this.#counts.length;
    while (length <= slot) length *= 2;
    const larger = new Float64Array(length);
    larger.set(this.#counts);
    this.#counts = larger;
  }
}

/** Where a histogram counts a value: below 2^11. */
export function slotOf(value: number): number {
  const whole = Math.floor(value);
  if (whole < SUB) return whole;
  if (whole <= 0x7fff_ffff) {
    // Two seconds in nanoseconds and most values are below: whole numbers are ten times as fast as logarithms.
    const octave = 31 - Math.clz32(whole);
    return (octave - SUB_BITS) * SUB + (whole >>> (octave - SUB_BITS));
  }
  const octave = Math.floor(Math.log2(whole));
  // log2 of a number just below a power of two may round up.
  const exact = 2 ** octave > whole ? octave - 1 : octave;
  const part = Math.floor((whole / 2 ** exact - 1) * SUB);
  return SUB + (exact - SUB_BITS) * SUB + part;
}

function lowOf(slot: number): number {
  if (slot < SUB) return slot;
  const octave = Math.floor((slot - SUB) / SUB) + SUB_BITS;
  return 2 ** octave * (1 + ((slot - SUB) % SUB) / SUB);
}

function middleOf(slot: number): number {
  return slot < SUB ? slot : Math.round((lowOf(slot) + lowOf(slot + 1)) / 2);
}
