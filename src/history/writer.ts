/** Writes frames, series and events of recordings, and keeps the file within its limits. Synchronous: see app/history.ts. */
import type { WatchFrame } from '../model/watch/frame.ts';
import { encodeFrame } from '../model/watch/frame-text.ts';
import { packBlock, unpackTexts } from './blocks.ts';
import type { HistoryEvent } from './events.ts';
import { LATENCIES, metricsOf, octavesOf } from './metrics.ts';
import { Pruner } from './pruner.ts';
import type { HistoryLimits } from './retention.ts';
import { SERIES_STEPS_SEC } from './retention.ts';
import { openForWriting } from './schema.ts';
import { type Database, guarded, inTransaction, type Statement } from './sqlite.ts';

export interface NewRecording {
  readonly beganMs: number;
  readonly bootId: string | null;
  readonly everyNs: number;
  /** What the user asked to be recorded: "arena". */
  readonly title: string;
}

const FINEST_SEC = SERIES_STEPS_SEC[0];
/** Single frames that are then packed into one block. */
const FRAMES_PER_BLOCK = 60;

export class HistoryWriter {
  readonly #database: Database;
  readonly #pruner: Pruner;
  readonly #targets = new Map<string, number>();
  readonly #statements: ReturnType<typeof prepare>;
  #singles = 0;
  /** Until when the coarser steps are made. */
  #rolledSec: number;

  /** @throws StoreError */
  constructor(path: string, limits: HistoryLimits) {
    this.#database = openForWriting(path);
    this.#statements = guarded(() => prepare(this.#database));
    this.#pruner = new Pruner(this.#database, limits);
    this.#rolledSec = guarded(() => lastRolledSec(this.#database));
  }

  /** @returns the number of the recording. @throws StoreError */
  begin({ beganMs, bootId, everyNs, title }: NewRecording): number {
    const { begin } = this.#statements;
    return guarded(() => Number(begin.run(Math.round(beganMs), bootId, everyNs, title).lastInsertRowid));
  }

  /** @throws StoreError */
  end(recording: number, unixMs: number): void {
    this.#pack(recording);
    guarded(() => this.#statements.end.run(Math.round(unixMs), recording));
  }

  /**
   * The frame, its series and its events: all of them, or none where it throws.
   * @param frame of a live machine: one without a time of day cannot be found again
   * @throws StoreError
   */
  append(recording: number, frame: WatchFrame, events: readonly HistoryEvent[]): void {
    const { unixMs } = frame;
    if (unixMs === null) throw new RangeError('a frame of a captured machine has no time of day');
    inTransaction(this.#database, () => {
      this.#statements.frame.run(
        recording,
        Math.round(unixMs - frame.elapsedNs / 1e6),
        Math.round(unixMs),
        packBlock([encodeFrame(frame)]),
      );
      this.#addSeries(recording, frame, unixMs);
      this.#rollUp(unixMs / 1000);
      for (const event of events) this.#addEvent(recording, event);
    });
    this.#singles += 1;
    if (this.#singles >= FRAMES_PER_BLOCK) {
      this.#pack(recording);
      this.#pruner.prune(unixMs, frame.monotonicNs);
    }
  }

  /** Events that belong to no frame. @throws StoreError */
  addEvents(recording: number, events: readonly HistoryEvent[]): void {
    inTransaction(this.#database, () => {
      for (const event of events) this.#addEvent(recording, event);
    });
  }

  /**
   * Makes the coarser steps of those that are over. Each is made anew from the step below, so it comes out the same
   * however often that happens; after a crash, the next writer goes on where the last one was.
   */
  #rollUp(nowSec: number): void {
    const fromSec = this.#rolledSec;
    const [, ...coarser] = SERIES_STEPS_SEC;
    if (startOf(nowSec, coarser[0]) <= fromSec) return;
    for (const [i, stepSec] of coarser.entries()) {
      const below = SERIES_STEPS_SEC[i] ?? FINEST_SEC;
      const span = [startOf(fromSec, stepSec), startOf(nowSec, coarser[0])] as const;
      for (const rollUp of [this.#statements.rollUp, this.#statements.rollUpOctaves])
        rollUp.run(stepSec, stepSec, stepSec, below, ...span);
    }
    this.#rolledSec = startOf(nowSec, coarser[0]);
  }

  #addSeries(recording: number, frame: WatchFrame, unixMs: number): void {
    for (const target of frame.targets) {
      const id = this.#idOf(recording, target);
      for (const [metric, value] of metricsOf(target, frame))
        this.#statements.series.run(
          id,
          metric,
          FINEST_SEC,
          startOf(unixMs / 1000, FINEST_SEC),
          value,
          value,
          value,
        );
      this.#addOctaves(id, target, startOf(unixMs / 1000, FINEST_SEC));
    }
  }

  #addOctaves(id: number, target: WatchFrame['targets'][number], atSec: number): void {
    for (const [kind, name] of LATENCIES.entries())
      for (const [octave, events] of octavesOf(target[name]))
        this.#statements.octaves.run(FINEST_SEC, atSec, id, kind, octave, events);
  }

  #idOf(recording: number, { tgid, startTicks, comm, unit }: WatchFrame['targets'][number]): number {
    const key = `${recording} ${tgid}@${startTicks}`;
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    const row = this.#statements.target.get(recording, tgid, startTicks, comm, unit);
    const id = Number(row?.id);
    this.#targets.set(key, id);
    return id;
  }

  #addEvent(recording: number, { unixMs, kind, tgid, tid, weight, text, details }: HistoryEvent): void {
    const body = JSON.stringify({ text, details: details ?? {} });
    this.#statements.event.run(recording, Math.round(unixMs), kind, tgid, tid, weight, body);
  }

  /** Puts the frames that stand alone into one block. */
  #pack(recording: number): void {
    inTransaction(this.#database, () => {
      const rows = this.#statements.singles.all(recording);
      const [first, last] = [rows[0], rows.at(-1)];
      if (first === undefined || last === undefined || first === last) return;
      const texts = rows.flatMap((row) => unpackTexts(row.block as Uint8Array));
      // The last one's row takes them all: whoever reads on behind any of them meets it.
      this.#statements.widen.run(first.from_ms ?? null, texts.length, packBlock(texts), last.id ?? null);
      for (const row of rows.slice(0, -1)) this.#statements.remove.run(row.id ?? null);
    });
    this.#singles = 0;
  }

  close(): void {
    this.#database.close();
  }
}

/** The start of the step that a time lies in. */
function startOf(atSec: number, stepSec: number): number {
  return Math.floor(atSec / stepSec) * stepSec;
}

function lastRolledSec(database: Database): number {
  const coarsest = SERIES_STEPS_SEC[2];
  const row = database.prepare('SELECT max(at_sec) AS at FROM series WHERE step_sec = ?').get(coarsest);
  return Number(row?.at ?? 0);
}

function prepare(database: Database) {
  const sql = (text: string): Statement => database.prepare(text);
  return {
    begin: sql('INSERT INTO recordings (began_ms, boot_id, every_ns, title) VALUES (?, ?, ?, ?)'),
    end: sql('UPDATE recordings SET ended_ms = ? WHERE id = ?'),
    frame: sql('INSERT INTO frames (recording, from_ms, to_ms, frames, block) VALUES (?, ?, ?, 1, ?)'),
    singles: sql('SELECT id, from_ms, block FROM frames WHERE recording = ? AND frames = 1 ORDER BY id'),
    widen: sql('UPDATE frames SET from_ms = ?, frames = ?, block = ? WHERE id = ?'),
    remove: sql('DELETE FROM frames WHERE id = ?'),
    // Changes nothing where it is known, but only a change returns its row.
    target: sql(
      `INSERT INTO targets (recording, tgid, start_ticks, comm, unit) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET comm = excluded.comm RETURNING id`,
    ),
    series: sql(
      `INSERT INTO series (target, metric, step_sec, at_sec, least, most, total, frames) VALUES (?, ?, ?, ?, ?, ?, ?, 1)
       ON CONFLICT DO UPDATE SET least = min(least, excluded.least), most = max(most, excluded.most),
         total = total + excluded.total, frames = frames + 1`,
    ),
    rollUp: sql(
      `INSERT OR REPLACE INTO series
       SELECT target, metric, ?, at_sec / ? * ?, min(least), max(most), sum(total), sum(frames) FROM series
       WHERE step_sec = ? AND at_sec >= ? AND at_sec < ? GROUP BY 1, 2, 4`,
    ),
    octaves: sql(
      `INSERT INTO octaves (step_sec, at_sec, target, kind, octave, events) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET events = events + excluded.events`,
    ),
    rollUpOctaves: sql(
      `INSERT OR REPLACE INTO octaves
       SELECT ?, at_sec / ? * ?, target, kind, octave, sum(events) FROM octaves
       WHERE step_sec = ? AND at_sec >= ? AND at_sec < ? GROUP BY 2, 3, 4, 5`,
    ),
    event: sql(
      'INSERT INTO events (recording, at_ms, kind, tgid, tid, weight, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
  };
}
