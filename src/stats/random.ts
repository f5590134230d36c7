/**
 * Numbers that look random and are the same for the same seed: xoshiro128** (Blackman and Vigna, Scrambled linear
 * pseudorandom number generators, ACM Trans. Math. Softw. 47, 2021), its state filled by SplitMix32. The seed itself is
 * drawn where effects are allowed, and printed.
 */

/** Seeds are whole numbers from 0 to this. */
export const MOST_SEED = 0xffff_ffff;

export class SeededRandom {
  readonly #state: Uint32Array;

  /** @param seed 0 to 2^32 - 1 */
  constructor(seed: number) {
    let mixed = seed >>> 0;
    this.#state = Uint32Array.from({ length: 4 }, () => {
      mixed = (mixed + 0x9e37_79b9) >>> 0;
      let z = mixed;
      z = Math.imul(z ^ (z >>> 16), 0x85eb_ca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2_ae35);
      return (z ^ (z >>> 16)) >>> 0;
    });
  }

  /** 0 to 2^32 - 1. */
  uint32(): number {
    const s = this.#state as Uint32Array & { 0: number; 1: number; 2: number; 3: number };
    const result = Math.imul(rotated(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotated(s[3], 11);
    return result;
  }

  /** A whole number from 0 to below `count`, each as likely: what would favour the small ones is drawn again. */
  below(count: number): number {
    const fair = 0x1_0000_0000 - (0x1_0000_0000 % count);
    for (;;) {
      const drawn = this.uint32();
      if (drawn < fair) return drawn % count;
    }
  }

  /** From 0 to below 1, in steps of 2^-32. */
  float(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** Every order as likely (Fisher and Yates). */
  shuffled<T>(list: readonly T[]): T[] {
    const order = [...list];
    for (let last = order.length - 1; last > 0; last -= 1) {
      const at = this.below(last + 1);
      [order[last], order[at]] = [order[at] as T, order[last] as T];
    }
    return order;
  }
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
