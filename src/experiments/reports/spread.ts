/** How far samples lie apart, over all figures of a report; and how many digits of one mean something. */
import { ascending, quantile, spreadRatio } from '../../stats/quantiles.ts';
import type { Report } from '../report.ts';

/** @param figures the samples behind each figure, ascending */
export function spreadOf(figures: readonly (readonly number[])[]): Report['spreadPct'] {
  const spreads = ascending(figures.flatMap((sorted) => spreadRatio(sorted) ?? [])).map((ratio) =>
    Number((ratio * 100).toFixed(2)),
  );
  return { median: quantile(spreads, 0.5), worst: spreads.at(-1) ?? null };
}

/** Thousandths of a nanosecond: below that there is only the clock. */
export function roundNs(ns: number | null): number | null {
  return ns === null ? null : Math.round(ns * 1000) / 1000;
}
