/** Medians and the like: statistics that a few wild values do not move. */

/** The middle value, or the mean of the two in the middle. @param values at least one */
export function median(values: ArrayLike<number>): number {
  return medianOfSorted(Float64Array.from(values).sort());
}

export function medianOfSorted(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const high = sorted[middle] as number;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] as number) + high) / 2;
}

/** Makes the median of absolute deviations estimate the standard deviation of normal values. */
const NORMAL_FACTOR = 1.4826;

/** The median absolute deviation as a standard deviation (Hampel, JASA 69, 1974). @param values at least one */
export function spread(values: readonly number[]): number {
  const centre = median(values);
  return NORMAL_FACTOR * median(values.map((value) => Math.abs(value - centre)));
}

/** @param values at least one */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
