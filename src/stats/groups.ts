/** Whether values fall into two groups: the widest gap between neighbours, by factor. */

export interface TwoGroups {
  /** The largest value of the lower group and the smallest of the upper one. */
  readonly below: number;
  readonly above: number;
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/**
 * @param values above 0
 * @param leastFactor between the groups; a gap that is narrower is none
 * @returns null where no gap is wide enough, or one side of it has fewer than `leastMembers`
 */
export function twoGroups(
  values: readonly number[],
  leastFactor: number,
  leastMembers = 2,
): TwoGroups | null {
  const sorted = [...values].sort((a, b) => a - b);
  let at = 0;
  let widest = 0;
  for (let i = leastMembers; i <= sorted.length - leastMembers; i += 1) {
    const factor = (sorted[i] ?? 0) / (sorted[i - 1] ?? 1);
    if (factor > widest) [at, widest] = [i, factor];
  }
  if (at === 0 || widest < leastFactor) return null;
  const [lower, upper] = [sorted.slice(0, at), sorted.slice(at)];
  return { below: lower.at(-1) ?? 0, above: upper[0] ?? 0, lower, upper };
}
