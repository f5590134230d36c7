/**
 * A test that may be looked at again and again: are paired differences below zero?
 *
 * Whoever drew the order of each pair by a fair coin knows how the differences would look if the treatment did nothing:
 * every sign could as well have been the other. So the statistic, Wilcoxon's signed-rank sum, is compared with what it
 * would be under random signs (Fisher, The Design of Experiments, 1935; Edgington and Onghena, Randomization Tests), and
 * nothing is assumed about the noise. Each look may spend a part of the error that is allowed in all (Lan and DeMets,
 * Biometrika 70, 1983), on the joint distribution over the looks (Plamadeala and Rosenberger, Ann. Statist. 40, 2012):
 * the same sign vectors, cut off at the number of pairs so far, serve every look.
 */
import type { SeededRandom } from './random.ts';
import { absoluteRanks, signedRankSum } from './signed-rank.ts';

/** Vectors of fair signs. One set may serve several tests of a trial: each of them is exact by itself. */
export class SignVectors {
  readonly count: number;
  readonly length: number;
  /** -1 or 1, vector after vector. */
  readonly #signs: Int8Array;

  constructor(random: SeededRandom, length: number, count: number) {
    this.count = count;
    this.length = length;
    this.#signs = new Int8Array(length * count);
    let bits = 0;
    for (let i = 0; i < this.#signs.length; i += 1) {
      if (i % 32 === 0) bits = random.uint32();
      this.#signs[i] = (bits & 1) * 2 - 1;
      bits >>>= 1;
    }
  }

  /** @param differences at most `length`, in the order in which they came */
  compare(differences: readonly number[]): Comparison {
    const ranks = absoluteRanks(differences);
    const sums = new Float64Array(this.count);
    for (let v = 0, start = 0; v < this.count; v += 1, start += this.length) {
      let sum = 0;
      for (let i = 0; i < ranks.length; i += 1)
        sum += (this.#signs[start + i] as number) * (ranks[i] as number);
      sums[v] = sum;
    }
    return { pairs: differences.length, found: signedRankSum(differences, ranks), sums };
  }
}

/** The rank sum of some differences, and what it would be under each vector of fair signs. */
export interface Comparison {
  readonly pairs: number;
  readonly found: number;
  readonly sums: Float64Array;
}

/** Of the same differences with all signs turned: to test the other side. */
export function mirrored(comparison: Comparison): Comparison {
  return { ...comparison, found: -comparison.found };
}

/** One look at a fixed number of pairs: the share of sums as low as the one found, that one counted as one of them. */
export function pValue({ found, sums }: Comparison): number {
  return (1 + sums.reduce((count, sum) => count + (sum <= found ? 1 : 0), 0)) / (1 + sums.length);
}

export class SequentialTest {
  readonly #vectors: SignVectors;
  readonly #alphaRatio: number;
  /** Vectors that crossed the boundary at no look so far. */
  readonly #left: Uint8Array;
  #crossed = 0;
  #rejected = false;

  /** @param alphaRatio the chance, over all looks, to reject where the treatment does nothing */
  constructor(vectors: SignVectors, alphaRatio: number) {
    this.#vectors = vectors;
    this.#alphaRatio = alphaRatio;
    this.#left = new Uint8Array(vectors.count).fill(1);
  }

  /** Once rejected, always rejected. */
  get rejected(): boolean {
    return this.#rejected;
  }

  /** @param comparison of all differences so far */
  look(comparison: Comparison): boolean {
    const { sums, found } = comparison;
    const boundary = this.#boundary(comparison);
    if (boundary === null) return this.#rejected;
    for (let v = 0; v < sums.length; v += 1) {
      if (this.#left[v] === 1 && (sums[v] as number) <= boundary) {
        this.#left[v] = 0;
        this.#crossed += 1;
      }
    }
    if (found <= boundary) this.#rejected = true;
    return this.#rejected;
  }

  /** The largest sum that may still cross at this look; null where none may. Of equal sums none, if not all, may. */
  #boundary({ sums, pairs }: Comparison): number | null {
    const allowed = Math.min(1, pairs / this.#vectors.length) * this.#alphaRatio * this.#vectors.count;
    const may = Math.floor(allowed + 1e-9) - this.#crossed;
    if (may < 1) return null;
    const lowest = this.#lowest(sums, may + 1);
    const last = lowest[may - 1] as number;
    if (lowest[may] !== last) return last;
    return lowest.findLast((sum) => sum < last) ?? null;
  }

  /** The smallest sums of the vectors that are left, ascending. Few of many: no sorting of all. */
  #lowest(sums: Float64Array, count: number): number[] {
    const lowest: number[] = [];
    for (let v = 0; v < sums.length; v += 1) {
      const sum = sums[v] as number;
      if (this.#left[v] === 0 || (lowest.length === count && sum >= (lowest[count - 1] as number))) continue;
      let at = Math.min(lowest.length, count - 1);
      for (; at > 0 && (lowest[at - 1] as number) > sum; at -= 1) lowest[at] = lowest[at - 1] as number;
      lowest[at] = sum;
    }
    return lowest;
  }
}
