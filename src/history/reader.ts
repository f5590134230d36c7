/** Reads a history, also while others write it. */
import type { Sentence } from '../base/sentence.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import { unpackFrames } from './blocks.ts';
import type { EventKind, HistoryEvent } from './events.ts';
import { LATENCIES, type LatencyName } from './metrics.ts';
import { SERIES_STEPS_SEC } from './retention.ts';
import { OCTAVES_VERSION, openForReading, pragma } from './schema.ts';
import { type Database, guarded, type Row, StoreError, type Value } from './sqlite.ts';

export interface RecordingRow {
  readonly id: number;
  readonly title: string;
  readonly everyNs: number;
  readonly bootId: string | null;
  readonly beganMs: number;
  /** null while it runs, and where it was cut off. */
  readonly endedMs: number | null;
  readonly frames: number;
  /** Single slow faults that are kept. */
  readonly slowFaults: number;
  /** Late moments that are kept. */
  readonly lateMoments: number;
  /** Of the frames that are kept; null where there are none. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
}

export interface TargetRow {
  readonly id: number;
  readonly recording: number;
  readonly tgid: number;
  readonly comm: string;
  readonly unit: string | null;
}

export interface TargetSpan extends TargetRow {
  /** Of its series: the start of the first step and the end of the last one, which may not be over. */
  readonly firstSec: number;
  readonly lastSec: number;
}

/** Events of one process, and those of its recording that are of none. */
export interface EventQuery {
  readonly recording: number;
  readonly tgid: number;
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
}

/** One step of a series. */
export interface SeriesPoint {
  readonly atSec: number;
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  readonly frames: number;
}

export interface Series {
  readonly stepSec: number;
  readonly points: readonly SeriesPoint[];
}

export interface SeriesSpan {
  readonly fromSec: number;
  /** Exclusive. */
  readonly toSec: number;
}

export interface SeriesQuery extends SeriesSpan {
  readonly target: number;
  readonly metric: string;
  /** The finest step with no more than this many points is taken. */
  readonly mostPoints: number;
}

/** A number that every frame has: its steps are those of the target. */
export const ALWAYS_KNOWN = 'threads';

/** Single waits or faults of a column of a heat map, of one power of two. */
export interface HeatCell {
  readonly latency: LatencyName;
  /** From 0, of `columnSec` each. */
  readonly column: number;
  /** 2^octave nanoseconds and more; LEAST_OCTAVE to MOST_OCTAVE, the shorter and longer ones in these. */
  readonly octave: number;
  readonly events: number;
}

export class HistoryReader {
  readonly #database: Database;
  readonly #hasOctaves: boolean;

  /** @throws StoreError */
  constructor(path: string) {
    this.#database = openForReading(path);
    this.#hasOctaves = guarded(() => pragma(this.#database, 'user_version')) >= OCTAVES_VERSION;
  }

  /** The newest first. @throws StoreError */
  recordings(): readonly RecordingRow[] {
    const rows = this.#all(
      `SELECT r.*, coalesce(sum(f.frames), 0) AS frames, min(f.from_ms) AS first_ms, max(f.to_ms) AS last_ms,
         (SELECT count(*) FROM events e WHERE e.recording = r.id AND e.kind = 'slow-fault') AS slow_faults,
         (SELECT count(*) FROM events e WHERE e.recording = r.id AND e.kind = 'late') AS late_moments
       FROM recordings r LEFT JOIN frames f ON f.recording = r.id GROUP BY r.id ORDER BY r.id DESC`,
    );
    return rows.map((row) => ({
      id: Number(row.id),
      title: String(row.title),
      everyNs: Number(row.every_ns),
      bootId: textOrNull(row.boot_id),
      beganMs: Number(row.began_ms),
      endedMs: numberOrNull(row.ended_ms),
      frames: Number(row.frames),
      slowFaults: Number(row.slow_faults),
      lateMoments: Number(row.late_moments),
      firstMs: numberOrNull(row.first_ms),
      lastMs: numberOrNull(row.last_ms),
    }));
  }

  targets(recording: number): readonly TargetRow[] {
    return this.#all('SELECT * FROM targets WHERE recording = ? ORDER BY id', recording).map(targetOf);
  }

  /**
   * Frames in the order in which they were recorded.
   * @param fromMs frames that ended before are left out
   * @throws StoreError; FormatError for frames of a later version
   */
  *frames(recording: number, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER): Generator<WatchFrame> {
    let after = 0;
    let lastNs = -1n;
    // Not one statement for all: an open one would keep the writer from shortening its log.
    for (;;) {
      const [row] = this.#all(
        `SELECT id, block FROM frames WHERE recording = ? AND id > ? AND to_ms >= ? AND from_ms <= ?
         ORDER BY id LIMIT 1`,
        recording,
        after,
        Math.floor(fromMs),
        Math.floor(Math.min(toMs, Number.MAX_SAFE_INTEGER)),
      );
      if (row === undefined) return;
      after = Number(row.id);
      for (const frame of unpackFrames(row.block as Uint8Array)) {
        // Since it was read alone, it may have come into a block with those behind it.
        if (frame.monotonicNs <= lastNs) continue;
        lastNs = frame.monotonicNs;
        const endMs = frame.unixMs ?? 0;
        if (endMs >= fromMs && endMs - frame.elapsedNs / 1e6 <= toMs) yield frame;
      }
    }
  }

  series({ target, metric, ...span }: SeriesQuery): Series {
    const stepSec = this.stepFor(span);
    return { stepSec, points: this.seriesIn(stepSec, target, metric, span) };
  }

  /** The finest step that is kept so far back, with no more points than asked for. */
  stepFor({ fromSec, toSec, mostPoints }: SeriesSpan & Pick<SeriesQuery, 'mostPoints'>): number {
    return (
      SERIES_STEPS_SEC.find(
        (step) => (toSec - fromSec) / step <= mostPoints && this.#reaches(step, fromSec),
      ) ?? SERIES_STEPS_SEC[2]
    );
  }

  /** @param stepSec one of SERIES_STEPS_SEC */
  seriesIn(
    stepSec: number,
    target: number,
    metric: string,
    { fromSec, toSec }: SeriesSpan,
  ): readonly SeriesPoint[] {
    const rows = this.#all(
      `SELECT * FROM series WHERE target = ? AND metric = ? AND step_sec = ? AND at_sec >= ? AND at_sec < ?
       ORDER BY at_sec`,
      target,
      metric,
      stepSec,
      Math.floor(fromSec / stepSec) * stepSec,
      toSec,
    );
    return rows.map((row) => ({
      atSec: Number(row.at_sec),
      least: Number(row.least),
      most: Number(row.most),
      mean: Number(row.total) / Number(row.frames),
      frames: Number(row.frames),
    }));
  }

  /**
   * What heat maps are drawn of; none of a history that an earlier keel wrote.
   * @param stepSec one of SERIES_STEPS_SEC
   * @param columnSec a multiple of it
   */
  heat(
    stepSec: number,
    columnSec: number,
    target: number,
    { fromSec, toSec }: SeriesSpan,
  ): readonly HeatCell[] {
    if (!this.#hasOctaves) return [];
    const startSec = Math.floor(fromSec / stepSec) * stepSec;
    const rows = this.#all(
      `SELECT kind, (at_sec - ?) / ? AS column, octave, sum(events) AS events FROM octaves
       WHERE step_sec = ? AND at_sec >= ? AND at_sec < ? AND target = ? GROUP BY 1, 2, 3`,
      ...[startSec, columnSec, stepSec, startSec, toSec, target],
    );
    return rows.flatMap((row) => {
      const latency = LATENCIES[Number(row.kind)];
      const [column, octave, events] = [Number(row.column), Number(row.octave), Number(row.events)];
      return latency === undefined ? [] : [{ latency, column, octave, events }];
    });
  }

  /** The names of all that is kept of a target. One seek for each: a distinct of all rows would read them all. */
  metrics(target: number): readonly string[] {
    return this.#all(
      `WITH RECURSIVE names(name) AS (
         SELECT min(metric) FROM series WHERE target = ?
         UNION ALL
         SELECT (SELECT min(metric) FROM series WHERE target = ? AND metric > name) FROM names WHERE name IS NOT NULL
       ) SELECT name FROM names WHERE name IS NOT NULL`,
      target,
      target,
    ).map((row) => String(row.name));
  }

  /** The newest targets first, with the time that their series reach over; those of which none is left are not there. */
  spans(most: number): readonly TargetSpan[] {
    const end = (which: 'min' | 'max', step: number) =>
      `(SELECT ${which}(at_sec) FROM series
        WHERE target = t.id AND metric = '${ALWAYS_KNOWN}' AND step_sec = ${step}) AS ${which}_${step}`;
    const ends = SERIES_STEPS_SEC.flatMap((step) => [end('min', step), end('max', step)]);
    return this.#all(
      `SELECT t.*, ${ends.join(', ')} FROM targets t ORDER BY t.id DESC LIMIT ?`,
      most,
    ).flatMap((row) => {
      const kept = SERIES_STEPS_SEC.flatMap((stepSec) => {
        const [first, last] = [row[`min_${stepSec}`], row[`max_${stepSec}`]];
        return first == null || last == null ? [] : [{ stepSec, first: Number(first), last: Number(last) }];
      });
      const [finest] = kept;
      if (finest === undefined) return [];
      const lastSec = finest.last + finest.stepSec;
      return [{ ...targetOf(row), firstSec: firstOf(kept), lastSec }];
    });
  }

  /** Whether a step is kept as far back as that, or as far as anything is. */
  #reaches(stepSec: number, fromSec: number): boolean {
    const oldestSec = (step: number) =>
      Number(
        this.#all('SELECT min(at_sec) AS at FROM series WHERE step_sec = ?', step)[0]?.at ??
          Number.POSITIVE_INFINITY,
      );
    const ownSec = oldestSec(stepSec);
    const coarser = SERIES_STEPS_SEC.filter((step) => step > stepSec);
    return ownSec <= fromSec || coarser.every((step) => oldestSec(step) + step > ownSec);
  }

  /** In the order of time. @param recording those of one; without it, of all */
  events(
    fromMs: number,
    toMs: number,
    kinds?: readonly EventKind[],
    recording?: number,
  ): readonly HistoryEvent[] {
    const among = kinds === undefined ? '' : `AND kind IN (${kinds.map(() => '?').join(', ')})`;
    const own = recording === undefined ? '' : 'AND recording = ?';
    return this.#all(
      `SELECT * FROM events WHERE at_ms >= ? AND at_ms < ? ${among} ${own} ORDER BY at_ms, id`,
      Math.floor(fromMs),
      Math.ceil(toMs),
      ...(kinds ?? []),
      ...(recording === undefined ? [] : [recording]),
    ).map(eventOf);
  }

  /** How many there are of each kind. */
  countEvents(query: EventQuery): ReadonlyMap<EventKind, number> {
    const rows = this.#all(
      `SELECT kind, count(*) AS events FROM events WHERE ${OF_PROCESS} GROUP BY +kind`,
      ...valuesOf(query),
    );
    return new Map(rows.map((row) => [String(row.kind) as EventKind, Number(row.events)]));
  }

  /** The heaviest of a kind, in the order of time. */
  worstEvents(query: EventQuery, kind: EventKind, most: number): readonly HistoryEvent[] {
    return this.#all(
      `SELECT * FROM events WHERE id IN (
         SELECT id FROM events WHERE ${OF_PROCESS} AND +kind = ? ORDER BY weight DESC, id LIMIT ?
       ) ORDER BY at_ms, id`,
      ...valuesOf(query),
      kind,
      most,
    ).map(eventOf);
  }

  #all(sql: string, ...values: Value[]): Row[] {
    return guarded(() => this.#database.prepare(sql).all(...values));
  }

  close(): void {
    this.#database.close();
  }
}

/** With `+kind`, the time is looked up and not the kind: a range holds fewer events than a kind. */
const OF_PROCESS = 'at_ms >= ? AND at_ms < ? AND recording = ? AND (tgid = ? OR tgid IS NULL)';

function valuesOf({ fromMs, toMs, recording, tgid }: EventQuery): Value[] {
  return [Math.floor(fromMs), Math.ceil(toMs), recording, tgid];
}

interface KeptStep {
  readonly stepSec: number;
  /** Start of the first step. */
  readonly first: number;
}

/** The coarsest step reaches back furthest; where a finer one begins within its first step, that one knows better. */
function firstOf(kept: readonly KeptStep[]): number {
  const [coarsest, ...finer] = [...kept].reverse();
  if (coarsest === undefined) return 0;
  return finer.reduce((found, one) => (one.first < found.first + found.stepSec ? one : found), coarsest)
    .first;
}

function targetOf(row: Row): TargetRow {
  return {
    id: Number(row.id),
    recording: Number(row.recording),
    tgid: Number(row.tgid),
    comm: String(row.comm),
    unit: textOrNull(row.unit),
  };
}

function eventOf(row: Row): HistoryEvent {
  let body: { text: Sentence; details?: HistoryEvent['details'] };
  try {
    body = JSON.parse(String(row.body));
  } catch (error) {
    throw new StoreError('damaged', 'an event cannot be read', error);
  }
  return {
    unixMs: Number(row.at_ms),
    kind: String(row.kind) as EventKind,
    tgid: numberOrNull(row.tgid),
    tid: numberOrNull(row.tid),
    weight: Number(row.weight),
    text: body.text,
    ...(body.details === undefined ? {} : { details: body.details }),
  };
}

function numberOrNull(value: Value | undefined): number | null {
  return value == null ? null : Number(value);
}

function textOrNull(value: Value | undefined): string | null {
  return value == null ? null : String(value);
}
