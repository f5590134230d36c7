/**
 * Looks at the clock again and again: a thread that does nothing else sees every moment in which it did not run, as a
 * gap between two looks (the idea of the kernel's osnoise and of oslat). A look takes some 40 ns.
 */
import { LogHistogram } from '../../stats/log-histogram.ts';

/** Shorter gaps are the clock's, and refills of caches. */
export const LEAST_GAP_NS = 1_000;

/** Told one by one; what comes after them is only in the sums. */
const MOST_TOLD = 1 << 18;

export interface Gaps {
  /** CLOCK_MONOTONIC at the first look. */
  readonly beganNs: bigint;
  readonly elapsedNs: number;
  readonly looks: number;
  readonly gaps: number;
  /** The sum of the gaps. */
  readonly goneNs: number;
  readonly longestNs: number;
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  /** Each gap, in order: when it began, in nanoseconds from the first look on, and how long it was. */
  readonly told: Float64Array;
}

export function watchGaps(durationNs: number): Gaps {
  const histogram = new LogHistogram();
  const told = new Float64Array(2 * MOST_TOLD);
  let at = 0;
  const { began, beganNs } = bothClocks();
  const end = began + durationNs / 1e6;
  let looks = 0;
  let last = began;
  while (last < end) {
    const now = performance.now();
    const gapNs = (now - last) * 1e6;
    if (gapNs >= LEAST_GAP_NS) {
      histogram.add(gapNs);
      if (at < told.length) {
        told[at] = (last - began) * 1e6;
        told[at + 1] = gapNs;
        at += 2;
      }
    }
    looks += 1;
    last = now;
  }
  return {
    beganNs,
    elapsedNs: (last - began) * 1e6,
    looks,
    gaps: histogram.count,
    goneNs: histogram.sum,
    longestNs: histogram.max,
    p50Ns: histogram.quantile(0.5),
    p99Ns: histogram.quantile(0.99),
    told: told.slice(0, at),
  };
}

const CLOCK_READS = 20;

/** The same moment on the clock of this thread and on that of the kernel: between the two closest of some reads. */
function bothClocks(): { readonly began: number; readonly beganNs: bigint } {
  let best = { began: 0, beganNs: 0n, apart: Number.POSITIVE_INFINITY };
  for (let i = 0; i < CLOCK_READS; i += 1) {
    const before = performance.now();
    const beganNs = process.hrtime.bigint();
    const after = performance.now();
    if (after - before < best.apart) best = { began: (before + after) / 2, beganNs, apart: after - before };
  }
  const began = performance.now();
  return { began, beganNs: best.beganNs + BigInt(Math.round((began - best.began) * 1e6)) };
}
