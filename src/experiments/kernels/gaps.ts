/**
 * Looks at the clock again and again: a thread that does nothing else sees every moment in which it did not run, as a
 * gap between two looks (the idea of the kernel's osnoise and of oslat). A look takes some 40 ns.
 */
import { LogHistogram } from '../../stats/log-histogram.ts';

/** Shorter gaps are the clock's, and refills of caches. */
export const LEAST_GAP_NS = 1_000;

export interface Gaps {
  readonly elapsedNs: number;
  readonly looks: number;
  readonly gaps: number;
  /** The sum of the gaps. */
  readonly goneNs: number;
  readonly longestNs: number;
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
}

export function watchGaps(durationNs: number): Gaps {
  const histogram = new LogHistogram();
  const began = performance.now();
  const end = began + durationNs / 1e6;
  let looks = 0;
  let last = began;
  while (last < end) {
    const now = performance.now();
    const gapNs = (now - last) * 1e6;
    if (gapNs >= LEAST_GAP_NS) histogram.add(gapNs);
    looks += 1;
    last = now;
  }
  return {
    elapsedNs: (last - began) * 1e6,
    looks,
    gaps: histogram.count,
    goneNs: histogram.sum,
    longestNs: histogram.max,
    p50Ns: histogram.quantile(0.5),
    p99Ns: histogram.quantile(0.99),
  };
}
