/**
 * Single waits and faults that held a thread for long, as the kernel tells them at no cost worth mentioning: what a live
 * screen can afford. Who held a lock, and what an interrupt took, is for `keel late`, which looks at every switch.
 */
import type { LateCause } from '../late/causes.ts';

export interface FrameMoment {
  readonly tid: number;
  /** CLOCK_MONOTONIC when it began. */
  readonly monotonicNs: bigint;
  readonly lateNs: number;
  readonly cause: Extract<LateCause, 'behind' | 'quota' | 'page-fault' | 'unexplained'>;
  /** Who had the CPU last before the thread got it; null for a fault, and where nobody had it. */
  readonly by: { readonly tid: number; readonly tgid: number; readonly comm: string } | null;
}

export interface FrameMoments {
  /** Shorter ones are none. */
  readonly overNs: number;
  readonly events: number;
  readonly totalNs: number;
  /** In the order of time; where there were very many, the longest. */
  readonly kept: readonly FrameMoment[];
}

/** Of one process in one interval; a storm shall not make frames large. */
export const MOST_MOMENTS = 32;

export function momentsOf(all: readonly FrameMoment[], overNs: number): FrameMoments {
  return {
    overNs,
    events: all.length,
    totalNs: all.reduce((sum, one) => sum + one.lateNs, 0),
    kept: [...all]
      .sort((a, b) => b.lateNs - a.lateNs)
      .slice(0, MOST_MOMENTS)
      .sort((a, b) => Number(a.monotonicNs - b.monotonicNs)),
  };
}
