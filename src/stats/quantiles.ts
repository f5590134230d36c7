/** Quantiles of measured values, exact: for some hundred samples, where a histogram would round. */

/** Ascending, as numbers; the values are left as they were. */
export function ascending(values: Iterable<number>): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

/**
 * The smallest value that at least `share` (0 to 1) of the values do not exceed: always one that was measured.
 * @param sorted ascending
 * @returns null where there is none
 */
export function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? null;
}

/** The lower of the two in the middle, where the mean of both (order.ts) would be none that was measured. */
export function lowerMedian(values: Iterable<number>): number | null {
  return quantile(ascending(values), 0.5);
}

/**
 * How far the middle half of the values lies apart, of their median: the quartile coefficient that a few outliers do
 * not move. null where there are no values, or their median is 0.
 * @param sorted ascending
 */
export function spreadRatio(sorted: readonly number[]): number | null {
  const [low, middle, high] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
  if (low === null || high === null || !middle) return null;
  return (high - low) / middle;
}
