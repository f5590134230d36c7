/**
 * Questions to the history, as the dashboard asks them: who was recorded, what their numbers were in a range of time, or in
 * two, and what happened. Read-only; the file is opened for each question, so that whoever writes it can shorten its log.
 */
import { existsSync } from 'node:fs';
import type { EventKind, HistoryEvent } from '../history/events.ts';
import { cpuOfMetric, type LatencyName } from '../history/metrics.ts';
import {
  ALWAYS_KNOWN,
  HistoryReader,
  type SeriesPoint,
  type SeriesSpan,
  type TargetSpan,
} from '../history/reader.ts';
import { ascending, quantile } from '../stats/quantiles.ts';
import { historyPath, telling } from './history.ts';

/** A span of time of one target. Unix time in milliseconds; the end is exclusive. */
export interface HistoryRange {
  readonly target: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface RecordedTarget {
  readonly target: number;
  readonly recording: string;
  readonly tgid: number;
  readonly comm: string;
  readonly unit: string | null;
  /** Of what is kept of its numbers. */
  readonly firstUnixMs: number;
  readonly lastUnixMs: number;
}

/** A value of each step; null where nothing was recorded. */
export interface MetricSeries {
  /** Its unit ends it. */
  readonly metric: string;
  readonly mean: readonly (number | null)[];
  readonly most: readonly (number | null)[];
  readonly summary: MetricSummary;
}

export interface MetricSummary {
  readonly mean: number;
  /** Of the means of the steps. */
  readonly p50: number;
  readonly p99: number;
  /** Of the single frames. */
  readonly most: number;
}

export interface RangeAnswer extends RecordedTarget {
  /** Start of the first step, and how many there are. */
  readonly startSec: number;
  readonly steps: number;
  readonly series: readonly MetricSeries[];
  /** Share of the recorded time that it ran on each of the CPUs it ran on, of one CPU. */
  readonly cpus: readonly { readonly cpu: number; readonly runPct: number }[];
  /** Single waits and faults by time and length. */
  readonly heat: HeatAnswer;
}

export interface HeatAnswer {
  /** From `startSec` on. */
  readonly columnSec: number;
  readonly columns: number;
  /** Each is the column, the power of two in nanoseconds (10 to 26, the shorter and longer ones in these), and how many. */
  readonly runDelays: readonly HeatCellAnswer[];
  readonly faultStalls: readonly HeatCellAnswer[];
}

export type HeatCellAnswer = readonly [column: number, octave: number, events: number];

export interface RangesAnswer {
  /** The same for all ranges. */
  readonly stepSec: number;
  readonly ranges: readonly RangeAnswer[];
}

export interface EventsAnswer {
  readonly counts: readonly { readonly kind: EventKind; readonly events: number }[];
  /** Of each kind the heaviest, in the order of time. */
  readonly events: readonly HistoryEvent[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** More cannot be told from one another on a screen; a day has as many minutes. */
const MOST_STEPS = 1500;
/** Of a heat map: as many as a live one has. */
const MOST_COLUMNS = 120;
const MOST_TARGETS = 500;
const MOST_EVENTS_OF_KIND = 150;

export class HistoryBrowser {
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** The newest first; none where nothing was recorded yet. @throws KeelError E_FORMAT, E_IO */
  targets(): readonly RecordedTarget[] {
    return this.#read((reader) => reader.spans(MOST_TARGETS).map(recordedTarget)) ?? [];
  }

  /** @returns null where there is no such target. @throws KeelError E_FORMAT, E_IO */
  ranges(asked: readonly HistoryRange[]): RangesAnswer | null {
    return this.#read((reader) => {
      const known = new Map(reader.spans(MOST_TARGETS).map((one) => [one.id, one]));
      const spans = asked.map(({ fromMs, toMs }) => ({ fromSec: fromMs / 1000, toSec: toMs / 1000 }));
      // What is compared is compared in the same steps: a maximum of means depends on them.
      const stepSec = Math.max(...spans.map((span) => reader.stepFor({ ...span, mostPoints: MOST_STEPS })));
      const ranges = asked.flatMap(({ target }, i) => {
        const [row, span] = [known.get(target), spans[i]];
        return row === undefined || span === undefined ? [] : [rangeOf(reader, row, span, stepSec)];
      });
      return ranges.length < asked.length ? null : { stepSec, ranges };
    });
  }

  /** @returns null where there is no such target. @throws KeelError E_FORMAT, E_IO */
  events({ target, fromMs, toMs }: HistoryRange): EventsAnswer | null {
    return this.#read((reader) => {
      const row = reader.spans(MOST_TARGETS).find(({ id }) => id === target);
      if (row === undefined) return null;
      const query = { recording: row.recording, tgid: row.tgid, fromMs, toMs };
      const counts = [...reader.countEvents(query)].map(([kind, events]) => ({ kind, events }));
      const events = counts
        .flatMap(({ kind }) => reader.worstEvents(query, kind, MOST_EVENTS_OF_KIND))
        .sort((a, b) => a.unixMs - b.unixMs);
      return { counts, events };
    });
  }

  /** null where there is no history yet. */
  #read<T>(use: (reader: HistoryReader) => T): T | null {
    const path = historyPath(this.#env);
    if (!existsSync(path)) return null;
    return telling(path, () => {
      const reader = new HistoryReader(path);
      try {
        return use(reader);
      } finally {
        reader.close();
      }
    });
  }
}

function recordedTarget({ id, recording, tgid, comm, unit, firstSec, lastSec }: TargetSpan): RecordedTarget {
  return {
    target: id,
    recording: `r-${recording}`,
    ...{ tgid, comm, unit },
    firstUnixMs: firstSec * 1000,
    lastUnixMs: lastSec * 1000,
  };
}

function rangeOf(reader: HistoryReader, target: TargetSpan, span: SeriesSpan, stepSec: number): RangeAnswer {
  const startSec = Math.floor(span.fromSec / stepSec) * stepSec;
  const steps = Math.ceil((span.toSec - startSec) / stepSec);
  const pointsOf = (metric: string) => reader.seriesIn(stepSec, target.id, metric, span);
  const frames = pointsOf(ALWAYS_KNOWN).reduce((sum, point) => sum + point.frames, 0);
  const series: MetricSeries[] = [];
  const cpus: { cpu: number; runPct: number }[] = [];
  for (const metric of reader.metrics(target.id)) {
    const points = pointsOf(metric);
    if (points.length === 0) continue;
    const cpu = cpuOfMetric(metric);
    if (cpu === null) series.push(seriesOf(metric, points, { startSec, stepSec, steps }));
    else cpus.push({ cpu, runPct: rounded(total(points) / frames) });
  }
  return {
    ...recordedTarget(target),
    ...{ startSec, steps, series },
    cpus: cpus.sort((a, b) => a.cpu - b.cpu),
    heat: heatOf(reader, target.id, span, { startSec, stepSec, steps }),
  };
}

function heatOf(reader: HistoryReader, target: number, span: SeriesSpan, grid: Grid): HeatAnswer {
  const stepsEach = Math.max(1, Math.ceil(grid.steps / MOST_COLUMNS));
  const columnSec = stepsEach * grid.stepSec;
  const cells = reader.heat(grid.stepSec, columnSec, target, span);
  const of = (name: LatencyName) =>
    cells.flatMap(({ latency, column, octave, events }) =>
      latency === name ? [[column, octave, events] as const] : [],
    );
  const columns = Math.ceil(grid.steps / stepsEach);
  return { columnSec, columns, runDelays: of('runDelays'), faultStalls: of('faultStalls') };
}

interface Grid {
  readonly startSec: number;
  readonly stepSec: number;
  readonly steps: number;
}

function seriesOf(metric: string, points: readonly SeriesPoint[], grid: Grid): MetricSeries {
  const means = points.map(({ mean }) => mean);
  const sorted = ascending(means);
  const frames = points.reduce((sum, point) => sum + point.frames, 0);
  return {
    metric,
    mean: onGrid(points, grid, ({ mean }) => mean),
    most: onGrid(points, grid, ({ most }) => most),
    summary: {
      mean: rounded(total(points) / frames),
      p50: rounded(quantile(sorted, 0.5) ?? 0),
      p99: rounded(quantile(sorted, 0.99) ?? 0),
      most: rounded(points.reduce((most, point) => Math.max(most, point.most), Number.NEGATIVE_INFINITY)),
    },
  };
}

function onGrid(
  points: readonly SeriesPoint[],
  { startSec, stepSec, steps }: Grid,
  of: (point: SeriesPoint) => number,
): (number | null)[] {
  const values = new Array<number | null>(steps).fill(null);
  for (const point of points) values[(point.atSec - startSec) / stepSec] = rounded(of(point));
  return values;
}

function total(points: readonly SeriesPoint[]): number {
  return points.reduce((sum, { mean, frames }) => sum + mean * frames, 0);
}

/** To six digits: more would be noise, and take most of the answer. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
