/** The result of watching one process for late moments: the same whichever way it was obtained. */
import type { Missing } from '../../base/missing.ts';
import type { CountIdentity, Identity } from './reconciliation.ts';
import type { LateSummary } from './summary.ts';

/** Best first: BPF programs, rings of tracepoints (`ring`), the kernel's own counters. */
export const LATE_SOURCES = ['bpf', 'ring', 'proc'] as const;
export type LateSource = (typeof LATE_SOURCES)[number];

export interface LateMeasurement {
  readonly target: { readonly tgid: number; readonly tid: number | null; readonly comm: string };
  readonly startedUnixMs: number;
  /** CLOCK_MONOTONIC at the begin: moments are counted from here. */
  readonly startedNs: bigint;
  readonly elapsedNs: number;
  /** Moments are at least so late. */
  readonly overNs: number;
  readonly obtainedBy: LateSource;
  /** Why not by the better way; null where this is the best, or was asked for. */
  readonly because: Missing | null;
  readonly events: number;
  /** Records that found no room in a ring. */
  readonly lost: number;
  /** Time judged by witnesses, and the switches that replaces. */
  readonly healedNs: number;
  readonly unseenSwitches: number;
  /** Threads of which switches are missing, with how many. */
  readonly incomplete: readonly { readonly tid: number; readonly comm: string; readonly missing: number }[];
  /** What the way into and out of an interrupt costs here, as calibrated before; 0 where it could not be. */
  readonly entryNs: number;
  /** Faults too short to be told one by one; they count as run. */
  readonly shortFaults: number;
  readonly shortFaultNs: number;
  readonly identities: readonly Identity[];
  readonly counts: readonly CountIdentity[];
  /** CPU time of keel meanwhile. */
  readonly ownCpuNs: number;
  /** The target ended before the time was over. */
  readonly ended: boolean;
}

/** Of what only events tell, where there were none. */
export const WITHOUT_EVENTS = {
  events: 0,
  lost: 0,
  healedNs: 0,
  unseenSwitches: 0,
  incomplete: [],
  entryNs: 0,
  shortFaults: 0,
  shortFaultNs: 0,
  identities: [],
  counts: [],
} as const satisfies Partial<LateMeasurement>;

export interface WatchedLate extends LateMeasurement {
  readonly summary: LateSummary;
}
