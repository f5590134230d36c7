/** Takes away what is older, or more, than a history keeps. */
import type { HistoryLimits } from './retention.ts';
import { SERIES_STEPS_SEC } from './retention.ts';
import { pragma } from './schema.ts';
import { type Database, guarded, inTransaction } from './sqlite.ts';

/** A wall clock that ran this much further than the monotonic one has jumped, or the machine was suspended. */
const MOST_DRIFT_MS = 3600_000;
/** Of the limit, so that not every block makes it prune again. */
const PRUNED_TO_RATIO = 0.9;
/** Of the rows, at a time. */
const BATCH_RATIO = 0.05;
/** The coarser steps are made of what the finer ones hold of the last minutes. */
const LEAST_SERIES_MS = 2 * 3600_000;
const MINUTE_MS = 60_000;
/** Kept by the same steps, for the same time. */
const BY_STEP = ['series', 'octaves'] as const;
const SLOW_KINDS = "'slow-fault', 'late'";

export class Pruner {
  readonly #database: Database;
  readonly #limits: HistoryLimits;
  #opened: { readonly unixMs: number; readonly monotonicNs: bigint } | null = null;

  /** Minutes before these were thinned already. */
  #thinnedMs = { old: 0, young: 0 };

  constructor(database: Database, limits: HistoryLimits) {
    this.#database = database;
    this.#limits = limits;
  }

  /** @throws StoreError */
  prune(unixMs: number, monotonicNs: bigint): void {
    const nowMs = this.#trustedMs(unixMs, monotonicNs);
    inTransaction(this.#database, () => {
      this.#dropOld(nowMs);
      this.#thinSlow(nowMs);
      this.#dropMany();
    });
    this.#dropLarge();
    guarded(() => this.#database.exec('PRAGMA incremental_vacuum'));
  }

  /** A clock that jumps ahead by years must not make everything old. */
  #trustedMs(unixMs: number, monotonicNs: bigint): number {
    this.#opened ??= { unixMs, monotonicNs };
    const ranMs = Number(monotonicNs - this.#opened.monotonicNs) / 1e6;
    return Math.min(unixMs, this.#opened.unixMs + ranMs + MOST_DRIFT_MS);
  }

  #dropOld(nowMs: number): void {
    const { framesForMs, seriesForMs, eventsForMs } = this.#limits;
    const run = (sql: string, ...values: number[]) =>
      this.#database.prepare(sql).run(...values.map(Math.round));
    run('DELETE FROM frames WHERE to_ms < ?', nowMs - framesForMs);
    for (const [i, stepSec] of SERIES_STEPS_SEC.entries()) {
      const fromSec = (nowMs - Math.max(LEAST_SERIES_MS, seriesForMs[i] ?? 0)) / 1000;
      for (const table of BY_STEP)
        run(`DELETE FROM ${table} WHERE step_sec = ? AND at_sec < ?`, stepSec, fromSec);
    }
    run('DELETE FROM events WHERE at_ms < ?', nowMs - eventsForMs);
  }

  /** The worst of each minute stay: fewer of those that are over for a while. */
  #thinSlow(nowMs: number): void {
    const { mostOfMinute, wholeForMs, mostOfOldMinute } = this.#limits.slow;
    const oldMs = startOfMinute(nowMs - wholeForMs);
    this.#thin(this.#thinnedMs.old, oldMs, mostOfOldMinute);
    this.#thin(Math.max(oldMs, this.#thinnedMs.young), nowMs, mostOfMinute);
    this.#thinnedMs = { old: oldMs, young: startOfMinute(nowMs) };
  }

  #thin(fromMs: number, toMs: number, most: number): void {
    this.#database
      .prepare(
        `DELETE FROM events WHERE id IN (SELECT id FROM (
           SELECT id, row_number() OVER (PARTITION BY recording, kind, at_ms / ${MINUTE_MS} ORDER BY weight DESC, id) AS rank
           FROM events WHERE kind IN (${SLOW_KINDS}) AND at_ms >= ? AND at_ms < ?) WHERE rank > ?)`,
      )
      .run(Math.round(fromMs), Math.round(toMs), most);
  }

  #dropMany(): void {
    const kinds = this.#database.prepare('SELECT kind, count(*) AS events FROM events GROUP BY kind').all();
    for (const { kind, events } of kinds) {
      const over = Number(events) - this.#limits.mostEventsOfKind;
      if (over <= 0) continue;
      this.#database
        .prepare('DELETE FROM events WHERE id IN (SELECT id FROM events WHERE kind = ? ORDER BY id LIMIT ?)')
        .run(kind ?? null, over);
    }
  }

  /** The oldest frames first: what they would show is kept as series. Then what was slow, at last the series. */
  #dropLarge(): void {
    const pageBytes = pragma(this.#database, 'page_size');
    const usedBytes = () =>
      (pragma(this.#database, 'page_count') - pragma(this.#database, 'freelist_count')) * pageBytes;
    if (usedBytes() <= this.#limits.mostBytes) return;
    while (usedBytes() > this.#limits.mostBytes * PRUNED_TO_RATIO && this.#dropOldest());
  }

  /** @returns whether there was anything left to drop */
  #dropOldest(): boolean {
    return inTransaction(this.#database, () => {
      const rows = Number(this.#database.prepare('SELECT count(*) AS rows FROM frames').get()?.rows ?? 0);
      // The newest frame stays, whatever its size.
      const dropped = Math.min(rows - 1, Math.ceil(rows * BATCH_RATIO));
      if (dropped > 0) {
        this.#database
          .prepare('DELETE FROM frames WHERE id IN (SELECT id FROM frames ORDER BY id LIMIT ?)')
          .run(dropped);
        return true;
      }
      return this.#dropOldestSlow() || this.#dropOldestSeries();
    });
  }

  #dropOldestSlow(): boolean {
    const among = `FROM events WHERE kind IN (${SLOW_KINDS})`;
    const rows = Number(this.#database.prepare(`SELECT count(*) AS rows ${among}`).get()?.rows ?? 0);
    if (rows === 0) return false;
    this.#database
      .prepare(`DELETE FROM events WHERE id IN (SELECT id ${among} ORDER BY id LIMIT ?)`)
      .run(Math.ceil(rows * BATCH_RATIO));
    return true;
  }

  #dropOldestSeries(): boolean {
    for (const stepSec of SERIES_STEPS_SEC) {
      const span = this.#database
        .prepare('SELECT min(at_sec) AS first, max(at_sec) AS last FROM series WHERE step_sec = ?')
        .get(stepSec);
      const [first, last] = [Number(span?.first ?? 0), Number(span?.last ?? 0)];
      if (span?.first == null || last - first < stepSec) continue;
      const beforeSec = Math.ceil(first + (last - first) * BATCH_RATIO) + 1;
      for (const table of BY_STEP)
        this.#database
          .prepare(`DELETE FROM ${table} WHERE step_sec = ? AND at_sec < ?`)
          .run(stepSec, beforeSec);
      return true;
    }
    return false;
  }
}

function startOfMinute(unixMs: number): number {
  return Math.floor(unixMs / MINUTE_MS) * MINUTE_MS;
}
