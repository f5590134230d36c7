/** What it takes to answer for one hour out of thirty days of history, as the dashboard asks. */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HistoryBrowser, type HistoryRange } from '../../src/app/browse-history.ts';
import type { HistoryEvent } from '../../src/history/events.ts';
import { LATENCIES, LEAST_OCTAVE, METRICS } from '../../src/history/metrics.ts';
import { DEFAULT_LIMITS, SERIES_STEPS_SEC } from '../../src/history/retention.ts';
import { type Database, inTransaction, openDatabase } from '../../src/history/sqlite.ts';
import { HistoryWriter } from '../../src/history/writer.ts';
import { watchFrame } from '../../src/model/watch/testing/frames.ts';
import type { Benchmark, Outcome } from '../benchmark.ts';
import { quantile } from '../pairs.ts';

const HOUR_SEC = 3600;
const DAY_SEC = 24 * HOUR_SEC;
const DAYS = 30;
/** A whole number of every step. */
const LAST_SEC = 1_700_000_400;
const GOAL_MS = 100;
const CPUS = 4;
/** Of each kind, such as a busy process has. */
const OCTAVES = 10;
/** As many as are kept of a kind. */
const MOMENTS = DEFAULT_LIMITS.mostEventsOfKind;

export const history: Benchmark = {
  name: 'history',
  rounds: 20,
  obstacle: () => null,
  async run(rounds) {
    const state = mkdtempSync(join(tmpdir(), 'keel-bench-'));
    try {
      mkdirSync(join(state, 'evenkeel'));
      const path = join(state, 'evenkeel/history.db');
      fill(path);
      const browser = new HistoryBrowser({ XDG_STATE_HOME: state });
      // The first question of a process loads SQLite.
      browser.targets();
      return outcome(
        [
          ['one hour, all series', measure(rounds, (one) => browser.ranges([one]))],
          ['one hour, what happened', measure(rounds, (one) => browser.events(one))],
          ['one hour beside that of the day before', measure(rounds, (one) => browser.ranges(beside(one)))],
          ['a week, all series', measure(rounds, (one) => browser.ranges([weekTo(one)]))],
        ],
        statSync(path).size,
        rounds,
      );
    } finally {
      rmSync(state, { recursive: true, force: true });
    }
  },
};

/** What thirty days leave behind: each step of the series as long as it is kept, and as many moments as are kept. */
function fill(path: string): void {
  const writer = new HistoryWriter(path, DEFAULT_LIMITS);
  const recording = writer.begin({ beganMs: 0, bootId: null, everyNs: 1e9, title: 'bench' });
  writer.append(recording, watchFrame(0), []);
  writer.addEvents(
    recording,
    Array.from({ length: MOMENTS }, (_, i) => momentAt(i)),
  );
  writer.close();
  const database = openDatabase(path, false);
  for (const [i, stepSec] of SERIES_STEPS_SEC.entries()) {
    const keptSec = Math.min(DAYS * DAY_SEC, (DEFAULT_LIMITS.seriesForMs[i] ?? 0) / 1000);
    inTransaction(database, () => fillStep(database, stepSec, keptSec));
  }
  database.close();
}

function fillStep(database: Database, stepSec: number, keptSec: number): void {
  const add = database.prepare('INSERT OR REPLACE INTO series VALUES (1, ?, ?, ?, 1, 3, 20, 10)');
  const cpus = Array.from({ length: CPUS }, (_, cpu) => `cpu${cpu}RunPct`);
  for (const name of [...METRICS.map((one) => one.name), ...cpus])
    for (let at = LAST_SEC - keptSec; at < LAST_SEC; at += stepSec) add.run(name, stepSec, at);
  const addOctave = database.prepare('INSERT OR REPLACE INTO octaves VALUES (?, ?, 1, ?, ?, 20)');
  for (let at = LAST_SEC - keptSec; at < LAST_SEC; at += stepSec)
    for (const kind of LATENCIES.keys())
      for (let i = 0; i < OCTAVES; i += 1) addOctave.run(stepSec, at, kind, LEAST_OCTAVE + i);
}

/** Spread over all days. */
function momentAt(i: number): HistoryEvent {
  const part = { atNs: 0, lengthNs: 1e6, cause: 'behind', by: { tid: 20, tgid: 20, comm: 'zstd' } };
  return {
    unixMs: (LAST_SEC - (i * DAYS * DAY_SEC) / MOMENTS) * 1000,
    ...{ kind: 'late', tgid: 7, tid: 7, weight: (i * 7919) % 1_000_003 },
    text: { en: 'tick 7 was late', ko: 'tick 7이(가) 늦었습니다' },
    details: { parts: Array.from({ length: 8 }, () => part) },
  };
}

/** Of different hours, the answer as text; milliseconds. */
function measure(rounds: number, ask: (hour: HistoryRange) => unknown): readonly number[] {
  return Array.from({ length: rounds }, (_, round) => {
    const fromMs = (LAST_SEC - (1 + round) * 30 * HOUR_SEC) * 1000;
    const began = process.hrtime.bigint();
    JSON.stringify(ask({ target: 1, fromMs, toMs: fromMs + HOUR_SEC * 1000 }));
    return Number(process.hrtime.bigint() - began) / 1e6;
  });
}

function beside(hour: HistoryRange): readonly HistoryRange[] {
  return [hour, { ...hour, fromMs: hour.fromMs - DAY_SEC * 1000, toMs: hour.toMs - DAY_SEC * 1000 }];
}

function weekTo(hour: HistoryRange): HistoryRange {
  return { ...hour, fromMs: hour.toMs - 7 * DAY_SEC * 1000 };
}

type Row = readonly [asked: string, taken: readonly number[]];

function outcome(rows: readonly [Row, ...Row[]], bytes: number, rounds: number): Outcome {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const longest = Math.max(...rows[0][1]);
  return {
    about: `What \`keel serve\` answers from ${DAYS} days of history (${METRICS.length} series of a process and those of ${CPUS} CPUs, ${MOMENTS.toLocaleString('en-US')} late moments, ${Math.round(bytes / 1e6)} MB), the file opened anew each time, up to the text of the answer (not the first one of a process, which loads SQLite); ${rounds} different hours.`,
    header: ['', 'median', 'longest'],
    rows: rows.map(([asked, taken]) => [asked, ms(quantile(taken, 0.5)), ms(Math.max(...taken))]),
    absent: [],
    goals: [{ what: `below ${GOAL_MS} ms for an hour`, measured: ms(longest), isReached: longest < GOAL_MS }],
  };
}
