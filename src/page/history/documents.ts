/** What the server answers from the history; docs/commands/serve.md has it whole. */
import type { MomentPart } from '../panels/moment-parts.tsx';

export interface RecordedTarget {
  /** Its number in the history. */
  readonly target: number;
  readonly recording: string;
  readonly tgid: number;
  readonly comm: string;
  readonly firstUnixMs: number;
  readonly lastUnixMs: number;
}

export interface TargetsDocument {
  readonly targets: readonly RecordedTarget[];
}

export interface Summary {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

export interface MetricSeries {
  readonly metric: string;
  readonly mean: readonly (number | null)[];
  readonly most: readonly (number | null)[];
  readonly summary: Summary;
}

export interface RangeDocument extends RecordedTarget {
  readonly startSec: number;
  readonly steps: number;
  readonly series: readonly MetricSeries[];
  readonly cpus: readonly { readonly cpu: number; readonly runPct: number }[];
  readonly heat: {
    readonly columnSec: number;
    readonly columns: number;
    readonly runDelays: readonly HeatCell[];
    readonly faultStalls: readonly HeatCell[];
  };
}

export type HeatCell = readonly [column: number, octave: number, events: number];

export interface RangesDocument {
  readonly stepSec: number;
  readonly ranges: readonly RangeDocument[];
}

export interface PastEvent {
  readonly unixMs: number;
  readonly kind: string;
  readonly tid: number | null;
  readonly weight: number;
  readonly text: string;
  readonly textKo: string;
  /** Of a finding, a late moment or a slow fault; see LateDetails and FaultDetails. */
  readonly details: Readonly<Record<string, unknown>> | null;
}

export interface EventsDocument {
  readonly counts: readonly { readonly kind: string; readonly events: number }[];
  readonly events: readonly PastEvent[];
}

export interface LateDetails {
  readonly cause: string;
  readonly lateNs: number;
  readonly lengthNs: number;
  readonly furtherNs: number;
  /** The heaviest first. */
  readonly shares: readonly LateShare[];
  readonly parts: readonly MomentPart[];
}

export interface LateShare {
  readonly cause: string;
  readonly by: { readonly tid: number | null; readonly comm: string | null } | null;
  readonly lateNs: number;
}

export interface FaultDetails {
  readonly fault: string;
  readonly cause: string;
  readonly latencyNs: number;
  readonly mapping: string;
  readonly path: string | null;
  readonly fileOffset: number | null;
  readonly address: string;
  readonly function: string | null;
  readonly binary: string | null;
  readonly stack: readonly string[];
}
