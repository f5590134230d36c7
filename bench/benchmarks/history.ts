/** What it takes to answer for one hour out of thirty days of history. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { METRICS } from '../../src/history/metrics.ts';
import { HistoryReader } from '../../src/history/reader.ts';
import { DEFAULT_LIMITS, SERIES_STEPS_SEC } from '../../src/history/retention.ts';
import { type Database, inTransaction, openDatabase } from '../../src/history/sqlite.ts';
import { HistoryWriter } from '../../src/history/writer.ts';
import { watchFrame } from '../../src/model/watch/testing/frames.ts';
import type { Benchmark, Outcome } from '../benchmark.ts';
import { quantile } from '../pairs.ts';

const HOUR_SEC = 3600;
const DAYS = 30;
/** A whole number of every step. */
const LAST_SEC = 1_700_000_400;
const GOAL_MS = 100;

export const history: Benchmark = {
  name: 'history',
  rounds: 20,
  obstacle: () => null,
  async run(rounds) {
    const folder = mkdtempSync(join(tmpdir(), 'keel-bench-'));
    try {
      const path = join(folder, 'history.db');
      fill(path);
      return outcome(path, measure(path, rounds), rounds);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** The series that thirty days leave behind: each step as long as it is kept. */
function fill(path: string): void {
  const writer = new HistoryWriter(path, DEFAULT_LIMITS);
  const recording = writer.begin({ beganMs: 0, bootId: null, everyNs: 1e9, title: 'bench' });
  writer.append(recording, watchFrame(0), []);
  writer.close();
  const database = openDatabase(path, false);
  for (const [i, stepSec] of SERIES_STEPS_SEC.entries()) {
    const keptSec = Math.min(DAYS * 24 * HOUR_SEC, (DEFAULT_LIMITS.seriesForMs[i] ?? 0) / 1000);
    inTransaction(database, () => fillStep(database, stepSec, keptSec));
  }
  database.close();
}

function fillStep(database: Database, stepSec: number, keptSec: number): void {
  const add = database.prepare('INSERT OR REPLACE INTO series VALUES (1, ?, ?, ?, 1, 3, 20, 10)');
  for (const { name } of METRICS)
    for (let at = LAST_SEC - keptSec; at < LAST_SEC; at += stepSec) add.run(name, stepSec, at);
}

/** Opening the file, and all metrics of one hour; milliseconds. */
function measure(path: string, rounds: number): readonly number[] {
  return Array.from({ length: rounds }, (_, round) => {
    const fromSec = LAST_SEC - (1 + round) * 30 * HOUR_SEC;
    const began = process.hrtime.bigint();
    const reader = new HistoryReader(path);
    for (const { name } of METRICS)
      reader.series({ target: 1, metric: name, fromSec, toSec: fromSec + HOUR_SEC, mostPoints: 500 });
    reader.close();
    return Number(process.hrtime.bigint() - began) / 1e6;
  });
}

function outcome(path: string, taken: readonly number[], rounds: number): Outcome {
  const [middle, most] = [quantile(taken, 0.5), Math.max(...taken)];
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return {
    about: `One hour of all ${METRICS.length} series of a process, from ${DAYS} days of history (${Math.round(statSync(path).size / 1e6)} MB), the file opened anew each time; ${rounds} different hours.`,
    header: ['', 'median', 'longest'],
    rows: [['one hour', ms(middle), ms(most)]],
    absent: [],
    goals: [{ what: `below ${GOAL_MS} ms`, measured: ms(most), isReached: most < GOAL_MS }],
  };
}
