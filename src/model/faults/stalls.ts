/** The page faults of the processes asked about in a window, each measured: what rules judge instead of counts. */
import type { FaultCause } from './cause.ts';
import type { FaultSummary } from './summary.ts';

export interface WatchedStalls {
  readonly obtainedBy: 'bpf' | 'ring';
  /** Records that found no room: the sums are low by what they would have told. */
  readonly lost: number;
  /** Of the targets, and of children that they started meanwhile. */
  readonly summary: FaultSummary;
}

/** Time that threads were held by faults of these causes; by all without. */
export function stallNsOf({ summary }: WatchedStalls, causes: readonly FaultCause[] | null): number {
  if (causes === null) return summary.total.stallNs;
  return summary.byCause
    .filter((share) => causes.includes(share.cause))
    .reduce((sum, share) => sum + share.stallNs, 0);
}

export function faultsOf({ summary }: WatchedStalls, causes: readonly FaultCause[] | null): number {
  if (causes === null) return summary.total.faults;
  return summary.byCause
    .filter((share) => causes.includes(share.cause))
    .reduce((sum, share) => sum + share.faults, 0);
}
