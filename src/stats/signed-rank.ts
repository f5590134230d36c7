/**
 * Ranks of paired differences (Wilcoxon, Biometrics Bulletin 1, 1945), and the shift they estimate with its interval
 * (Hodges and Lehmann, Ann. Math. Statist. 34, 1963; the interval from order statistics of Walsh averages is Tukey's).
 */
import { medianOfSorted } from './order.ts';

/** The rank of each absolute difference, from 1, equal ones sharing the mean of their ranks. */
export function absoluteRanks(differences: readonly number[]): Float64Array {
  const order = differences
    .map((difference, at) => ({ absolute: Math.abs(difference), at }))
    .sort((a, b) => a.absolute - b.absolute);
  const ranks = new Float64Array(differences.length);
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && order[end]?.absolute === order[first]?.absolute) end += 1;
    for (let i = first; i < end; i += 1) ranks[order[i]?.at as number] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}

/** The sum of ranks, each with the sign of its difference; a difference of 0 counts for neither side. */
export function signedRankSum(differences: readonly number[], ranks: Float64Array): number {
  return differences.reduce((sum, difference, i) => sum + Math.sign(difference) * (ranks[i] as number), 0);
}

export interface Shift {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Quantile of the normal distribution for an interval of 90 %. */
const Z_90 = 1.645;

/**
 * The median of the means of all pairs, and the 90 % interval between two of these means. Up to some ten differences
 * the interval is a little wide (the rank is rounded outwards).
 * @param differences at least one
 */
export function hodgesLehmann(differences: readonly number[]): Shift {
  const averages = walshAverages(differences);
  const n = differences.length;
  const reach = Z_90 * Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
  const rank = Math.min(averages.length >> 1, Math.max(0, Math.floor((n * (n + 1)) / 4 - reach - 0.5)));
  return {
    estimate: medianOfSorted(averages),
    low: averages[rank] as number,
    high: averages[averages.length - 1 - rank] as number,
  };
}

/** Means of every pair, a value paired with itself included, ascending. */
function walshAverages(values: readonly number[]): Float64Array {
  const averages = new Float64Array((values.length * (values.length + 1)) / 2);
  let at = 0;
  for (let i = 0; i < values.length; i += 1) {
    for (let j = i; j < values.length; j += 1) {
      averages[at] = ((values[i] as number) + (values[j] as number)) / 2;
      at += 1;
    }
  }
  return averages.sort();
}
