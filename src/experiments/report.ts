/** What an experiment found, as data: tables, JSON, CSV and pictures are made from it elsewhere. */
import type { Gap } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Backing } from './workers/area.ts';
import type { Usage } from './workers/pinned-worker.ts';

/** How a number of a table is written. Text stands as it is. */
export type Unit = 'text' | 'ns' | 'duration' | 'bytes' | 'bytesPerSec' | 'pct' | 'count';

export interface ReportColumn {
  readonly title: Sentence;
  readonly unit: Unit;
}

/** null is a dash. */
export type ReportCell = string | number | Sentence | null;

export interface ReportTable {
  /** Stands above it; none where the report has only this one. */
  readonly title?: Sentence;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly ReportCell[])[];
}

/** Times between pairs, as a square. */
export interface Matrix {
  /** CPUs, in the order of rows and columns. */
  readonly labels: readonly number[];
  /** Nanoseconds by row and column; null on the diagonal and for pairs that were not measured. */
  readonly ns: readonly (readonly (number | null)[])[];
}

export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** A mark on the x axis: the told size of a cache. */
export interface ChartMark {
  readonly x: number;
  readonly name: string;
}

export type Chart =
  | {
      readonly kind: 'lines';
      readonly x: { readonly unit: Unit; readonly title: Sentence; readonly isLog: boolean };
      readonly y: { readonly unit: Unit; readonly title: Sentence; readonly isLog: boolean };
      readonly series: readonly Series[];
      readonly marks: readonly ChartMark[];
    }
  | {
      readonly kind: 'bars';
      readonly unit: Unit;
      readonly title: Sentence;
      readonly bars: readonly { readonly name: string; readonly value: number }[];
    }
  | {
      readonly kind: 'stacks';
      readonly unit: Unit;
      readonly title: Sentence;
      readonly parts: readonly Sentence[];
      /** A value for each of the parts; null for what could not be measured. */
      readonly bars: readonly { readonly name: Sentence; readonly values: readonly number[] | null }[];
    }
  | { readonly kind: 'heat'; readonly title: Sentence; readonly matrix: Matrix };

export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | { readonly [name: string]: Value | undefined };

/** One row of JSON and CSV: the same names in each, units at their ends. */
export type Row = Readonly<Record<string, string | number | null>>;

export interface Report {
  /** The answer in one sentence. */
  readonly verdict: Sentence;
  readonly table: ReportTable | null;
  /** Behind the first: where its figures come from. */
  readonly details?: readonly ReportTable[];
  readonly matrix?: Matrix;
  /** What it means, in plain words. */
  readonly conclusion: readonly Sentence[];
  /** Why it may not be what it seems. */
  readonly warnings: readonly Sentence[];
  readonly rows: readonly Row[];
  /** Further named parts of the document, such as `levels`. */
  readonly parts: Readonly<Record<string, Value>>;
  /** Of the samples behind one figure, the middle half: its width as a share of the median, over all figures. */
  readonly spreadPct: { readonly median: number | null; readonly worst: number | null };
  readonly repetitions: number;
  /** Of every job, for how far CPUs were taken meanwhile. */
  readonly usages: readonly Usage[];
  /** Of memory that was measured in; empty where none was. */
  readonly backings: readonly Backing[];
  /** The taking of CPUs is the result, so it does not make it less trustworthy. */
  readonly measuresNoise: boolean;
  /** Its times are CPU time: what others took is not in them. */
  readonly usesCpuTime?: boolean;
  readonly chart: Chart | null;
  readonly gaps: readonly Gap[];
}
