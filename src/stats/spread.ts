/** Mean, standard deviation and quantiles of a list of numbers. */
import { ascending, quantile } from './quantiles.ts';

export interface Spread {
  readonly mean: number;
  /** Of the population. */
  readonly deviation: number;
  readonly p90: number;
}

/** @returns null for an empty list */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const p90 = quantile(ascending(values), 0.9) as number;
  return { mean, deviation: Math.sqrt(variance), p90 };
}
