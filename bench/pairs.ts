/**
 * Statistics of paired runs. Each round runs every subject once, so that what disturbs the machine meanwhile disturbs
 * all of them; a ratio is taken within a round, and the median over the rounds is shown with its quartiles. The
 * median and quartiles are those of Hyndman and Fan 1996, definition 7.
 */

/** What each subject took, by name, in one round. */
export type Round = ReadonlyMap<string, number>;

export interface Summary {
  readonly name: string;
  readonly median: number;
  readonly ratio: { readonly low: number; readonly median: number; readonly high: number };
}

export function summarize(rounds: readonly Round[], name: string, baseline: string): Summary {
  const values = rounds.map((round) => at(round, name));
  const ratios = rounds.map((round) => at(round, name) / at(round, baseline));
  return {
    name,
    median: quantile(values, 0.5),
    ratio: { low: quantile(ratios, 0.25), median: quantile(ratios, 0.5), high: quantile(ratios, 0.75) },
  };
}

/** @throws RangeError where there are no values */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) throw new RangeError('a quantile of no values');
  return below + (above - below) * (place - Math.floor(place));
}

/** The order of a round: every subject comes first, second, last equally often. */
export function rotated<T>(all: readonly T[], round: number): readonly T[] {
  const by = round % all.length;
  return [...all.slice(by), ...all.slice(0, by)];
}

function at(round: Round, name: string): number {
  const value = round.get(name);
  if (value === undefined) throw new RangeError(`${name} did not run in every round`);
  return value;
}
