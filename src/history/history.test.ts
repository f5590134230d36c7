import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missing } from '../base/missing.ts';
import { FIRST_MS, frameFinding, targetFrame, watchFrame } from '../model/watch/testing/frames.ts';
import { eventsBetween } from './events.ts';
import { HistoryReader } from './reader.ts';
import { DEFAULT_LIMITS, type HistoryLimits } from './retention.ts';
import { openDatabase, StoreError } from './sqlite.ts';
import { HistoryWriter } from './writer.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-history-'));
  path = join(folder, 'history.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const NEW = { beganMs: FIRST_MS, bootId: 'b', everyNs: 1e9, title: 'arena' };

function busyFrame(at: number, ranNs: number) {
  return watchFrame(at, { targets: [targetFrame(7, { activity: { runTimeNs: ranNs } })] });
}

/** A recording of frames with a second each. */
function record(count: number, limits: Partial<HistoryLimits> = {}, ran = (at: number) => at * 1e6): number {
  const writer = new HistoryWriter(path, { ...DEFAULT_LIMITS, ...limits });
  const id = writer.begin(NEW);
  for (let at = 1; at <= count; at += 1) writer.append(id, busyFrame(at, ran(at)), []);
  writer.close();
  return id;
}

function reading<T>(use: (reader: HistoryReader) => T): T {
  const reader = new HistoryReader(path);
  try {
    return use(reader);
  } finally {
    reader.close();
  }
}

function troubleOf(use: () => unknown): string | null {
  try {
    use();
    return null;
  } catch (error) {
    if (error instanceof StoreError) return error.trouble;
    throw error;
  }
}

describe('frames of a history', () => {
  // 130 frames: two packed blocks, and ten that stand alone.
  it('come back as they were, in order, from any time on', () => {
    const id = record(130);
    const all = reading((reader) => [...reader.frames(id)]);
    expect(all).toEqual(Array.from({ length: 130 }, (_, i) => busyFrame(i + 1, (i + 1) * 1e6)));
    const some = reading((reader) => [...reader.frames(id, FIRST_MS + 59_500, FIRST_MS + 61_500)]);
    expect(some.map((one) => one.unixMs)).toEqual([60_000, 61_000, 62_000].map((ms) => FIRST_MS + ms));
  });

  it('are read while others are written', () => {
    const writer = new HistoryWriter(path, DEFAULT_LIMITS);
    const id = writer.begin(NEW);
    writer.append(id, busyFrame(1, 1), []);
    const reader = new HistoryReader(path);
    const frames = reader.frames(id);
    expect(frames.next().value?.unixMs).toBe(FIRST_MS + 1000);
    for (let at = 2; at < 70; at += 1) writer.append(id, busyFrame(at, at), []);
    // Its block holds 60 of them now, the first among them; none comes twice, none is left out.
    expect([...frames].map((one) => (one.unixMs ?? 0) - FIRST_MS)).toEqual(
      Array.from({ length: 68 }, (_, i) => (i + 2) * 1000),
    );
    reader.close();
    writer.close();
  });

  it('keep recordings apart, and say what each holds', () => {
    record(3);
    record(2);
    const rows = reading((reader) => reader.recordings());
    expect(rows.map(({ id, frames, title, endedMs }) => [id, frames, title, endedMs])).toEqual([
      [2, 2, 'arena', null],
      [1, 3, 'arena', null],
    ]);
    expect(rows[1]).toMatchObject({ firstMs: FIRST_MS, lastMs: FIRST_MS + 3000 });
    expect(reading((reader) => reader.targets(1))).toMatchObject([{ tgid: 7, comm: 'arena' }]);
  });

  it('lie in a file for its owner alone', () => {
    record(1);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

const round = (value: number) => Math.round(value * 1000) / 1000;

describe('series of a history', () => {
  it('hold least, most and mean of each step', () => {
    record(65);
    const seriesOf = (mostPoints: number) =>
      reading((reader) =>
        reader.series({
          target: 1,
          metric: 'cpuPct',
          fromSec: FIRST_MS / 1000,
          toSec: FIRST_MS / 1000 + 600,
          mostPoints,
        }),
      );
    const { stepSec, points } = seriesOf(100);
    expect(stepSec).toBe(10);
    // Seconds 1-9, 10-19 and so on, each with as many tenths of a percent.
    expect(points.slice(0, 3).map(({ least, most, frames }) => [round(least), round(most), frames])).toEqual([
      [0.1, 0.9, 9],
      [1, 1.9, 10],
      [2, 2.9, 10],
    ]);
    expect(points[1]?.mean).toBeCloseTo(1.45);
    expect(seriesOf(20)).toMatchObject({ stepSec: 60, points: [{ least: 0.1, frames: 59 }] });
  });

  it('go on in a coarser step where the finer is no longer kept', () => {
    const writer = new HistoryWriter(path, { ...DEFAULT_LIMITS, seriesForMs: [0, 1e12, 1e12] });
    const id = writer.begin(NEW);
    for (let at = 60; at <= 4 * 3600; at += 60) writer.append(id, busyFrame(at, 1e6), []);
    writer.close();
    const at = (hours: number) => {
      const fromSec = FIRST_MS / 1000 + hours * 3600;
      const query = { target: 1, metric: 'cpuPct', fromSec, toSec: fromSec + 60, mostPoints: 1000 };
      return reading((reader) => reader.series(query)).stepSec;
    };
    expect([at(0), at(3)]).toEqual([60, 10]);
  });

  it('are whole after a writer that was cut off in a step', () => {
    record(90);
    const writer = new HistoryWriter(path, DEFAULT_LIMITS);
    const id = writer.begin(NEW);
    for (let at = 91; at <= 130; at += 1) writer.append(id, busyFrame(at, at * 1e6), []);
    writer.close();
    const minutes = (target: number) =>
      reading((reader) =>
        reader.series({
          target,
          metric: 'cpuPct',
          fromSec: FIRST_MS / 1000,
          toSec: FIRST_MS / 1000 + 600,
          mostPoints: 10,
        }),
      ).points.map((one) => one.frames);
    expect([minutes(1), minutes(2)]).toEqual([[59, 31], [29]]);
  });
});

describe('events of a history', () => {
  const writer = () => new HistoryWriter(path, { ...DEFAULT_LIMITS, mostEventsOfKind: 100 });
  const event = (at: number, kind: 'slow-fault' | 'change') => ({
    unixMs: FIRST_MS + at,
    kind,
    tgid: 7,
    tid: 8,
    weight: at,
    text: { en: 'a', ko: '가' },
    details: { path: null },
  });

  it('come in the order of time, whole or by kind', () => {
    const history = writer();
    const id = history.begin(NEW);
    history.addEvents(id, [event(3, 'change'), event(1, 'slow-fault')]);
    history.close();
    expect(reading((reader) => reader.events(0, FIRST_MS + 10))).toEqual([
      event(1, 'slow-fault'),
      event(3, 'change'),
    ]);
    expect(reading((reader) => reader.events(0, FIRST_MS + 10, ['change']))).toHaveLength(1);
    expect(reading((reader) => reader.events(0, FIRST_MS + 3))).toHaveLength(1);
  });

  it('of a kind that storms do not push out the others', () => {
    const history = writer();
    const id = history.begin(NEW);
    history.addEvents(id, [event(0, 'change')]);
    history.addEvents(
      id,
      Array.from({ length: 10_000 }, (_, i) => event(i, 'slow-fault')),
    );
    for (let at = 1; at <= 60; at += 1) history.append(id, busyFrame(at, 0), []);
    history.close();
    const left = reading((reader) => reader.events(0, FIRST_MS + 1e9));
    expect(left.filter((one) => one.kind === 'change')).toHaveLength(1);
    expect(left.filter((one) => one.kind === 'slow-fault').map((one) => one.weight)).toEqual(
      Array.from({ length: 100 }, (_, i) => 9900 + i),
    );
  });

  it('that were slow stay, the worst of each minute: many of the last ones, few of the older ones', () => {
    const slow = { mostOfMinute: 10, wholeForMs: 120_000, mostOfOldMinute: 2 };
    const history = new HistoryWriter(path, { ...DEFAULT_LIMITS, slow });
    const id = history.begin(NEW);
    for (let at = 1; at <= 600; at += 1) {
      const worse = Array.from({ length: 3 }, (_, i) => ({
        ...event(at * 1000 - 1, 'slow-fault'),
        weight: i,
      }));
      history.append(id, busyFrame(at, 0), [...worse, event(at * 1000 - 1, 'change')]);
    }
    history.close();
    const left = reading((reader) => reader.events(0, FIRST_MS + 1e9, ['slow-fault']));
    const minutes = new Map<number, number[]>();
    for (const { unixMs, weight } of left) {
      const minute = Math.floor(unixMs / 60_000) - Math.floor(FIRST_MS / 60_000);
      minutes.set(minute, [...(minutes.get(minute) ?? []), weight]);
    }
    const counts = [...minutes.values()].map((weights) => weights.length);
    expect(new Set(counts.slice(0, -3))).toEqual(new Set([2]));
    expect(new Set(counts.slice(-2, -1))).toEqual(new Set([10]));
    expect(new Set(left.map(({ weight }) => weight))).toEqual(new Set([2]));
    expect(reading((reader) => reader.events(0, FIRST_MS + 1e9, ['change']))).toHaveLength(600);
  });

  it('that were slow go before the series where the file is too large', () => {
    const history = new HistoryWriter(path, { ...DEFAULT_LIMITS, mostBytes: 256 * 1024 });
    const id = history.begin(NEW);
    const long = { en: 'x'.repeat(2000), ko: '가' };
    for (let at = 1; at <= 300; at += 1)
      history.append(
        id,
        busyFrame(at, 0),
        [1, 2, 3].map(() => ({ ...event(at, 'slow-fault'), text: long })),
      );
    history.close();
    expect(reading((reader) => reader.events(0, FIRST_MS + 1e9)).length).toBeLessThan(200);
    const query = { target: 1, metric: 'cpuPct', fromSec: 0, toSec: 1e12, mostPoints: 1e12 };
    expect(reading((reader) => reader.series(query)).points.length).toBeGreaterThan(25);
  });

  it('are made of what a frame tells anew', () => {
    const judged = (rules: readonly string[]) =>
      watchFrame(1, {
        judgement: {
          monotonicNs: 1n,
          windowNs: 1e9,
          findings: rules.map((rule) => frameFinding({ rule })),
        },
      });
    const [first, second] = [judged(['a']), judged(['a', 'b'])];
    expect(eventsBetween(null, first).map((one) => one.details?.rule)).toEqual(['a']);
    expect(eventsBetween(first, second).map((one) => one.details?.rule)).toEqual(['b']);
    const ended = watchFrame(2, { ended: [{ tgid: 7, startTicks: 1n, comm: 'arena' }] });
    expect(eventsBetween(second, ended)).toMatchObject([{ kind: 'ended', tgid: 7 }]);
  });

  it('are the changes that were made and put back while it was recorded', () => {
    const pin = { id: 'c-1', command: 'pin arena 0-3', unixMs: FIRST_MS + 1500, endedUnixMs: null };
    const old = { id: 'c-0', command: 'shield 3', state: 'undone' as const, unixMs: 0, endedUnixMs: 1000 };
    const first = watchFrame(1, { changes: [] });
    const made = watchFrame(2, { changes: [{ ...pin, state: 'active' }, old] });
    const undone = watchFrame(3, {
      changes: [{ ...pin, state: 'undone', endedUnixMs: FIRST_MS + 2700 }, old],
    });
    expect(eventsBetween(null, made)).toEqual([]);
    expect(eventsBetween(first, made)).toMatchObject([
      { kind: 'change', unixMs: FIRST_MS + 1500, text: { en: 'c-1 made: keel pin arena 0-3' } },
    ]);
    expect(eventsBetween(made, made)).toEqual([]);
    expect(eventsBetween(made, undone)).toMatchObject([
      { kind: 'change', unixMs: FIRST_MS + 2700, details: { change: 'c-1', state: 'undone' } },
    ]);
    const unread = watchFrame(3, { changes: missing('unreadable', 'journal') });
    expect(eventsBetween(unread, undone)).toEqual([]);
  });
});

describe('single waits and faults of a history', () => {
  const counted = (octaves: readonly number[]) => ({
    events: octaves.reduce((sum, count) => sum + count, 0),
    totalNs: 0,
    octaves,
  });
  /** A wait of a microsecond, one of a second and two of a millisecond in each second; no fault is counted. */
  const WAITS = Object.assign(new Array<number>(31).fill(0), { 3: 1, 20: 2, 30: 1 });
  const waiting = (at: number) =>
    watchFrame(at, {
      targets: [
        targetFrame(7, { runDelays: counted(WAITS), faultStalls: missing('denied', 'bpf', 'no CAP_BPF') }),
      ],
    });

  function recordWaits(seconds: number): void {
    const writer = new HistoryWriter(path, DEFAULT_LIMITS);
    const id = writer.begin(NEW);
    for (let at = 1; at <= seconds; at += 1) writer.append(id, waiting(at), []);
    writer.close();
  }

  it('are counted by time and length, the same in every step', () => {
    recordWaits(185);
    const span = { fromSec: FIRST_MS / 1000, toSec: FIRST_MS / 1000 + 120 };
    for (const stepSec of [10, 60]) {
      expect(reading((reader) => reader.heat(stepSec, 60, 1, span))).toEqual([
        { latency: 'runDelays', column: 0, octave: 10, events: 59 },
        { latency: 'runDelays', column: 0, octave: 20, events: 118 },
        { latency: 'runDelays', column: 0, octave: 26, events: 59 },
        { latency: 'runDelays', column: 1, octave: 10, events: 60 },
        { latency: 'runDelays', column: 1, octave: 20, events: 120 },
        { latency: 'runDelays', column: 1, octave: 26, events: 60 },
      ]);
    }
    expect(reading((reader) => reader.heat(10, 60, 2, span))).toEqual([]);
  });

  it('are none in a history of before, which the next recording brings up to date', () => {
    recordWaits(3);
    const database = openDatabase(path, false);
    database.exec('DROP TABLE octaves; PRAGMA user_version = 1');
    database.close();
    const span = { fromSec: FIRST_MS / 1000, toSec: FIRST_MS / 1000 + 60 };
    expect(reading((reader) => reader.heat(10, 10, 1, span))).toEqual([]);
    expect(reading((reader) => [...reader.frames(1)])).toHaveLength(3);
    recordWaits(3);
    expect(reading((reader) => reader.heat(10, 10, 2, span))).toHaveLength(3);
  });
});

describe('the limits of a history', () => {
  it('take away the oldest frames by age', () => {
    const id = record(240, { framesForMs: 60_000 });
    const [first] = reading((reader) => [...reader.frames(id)]);
    expect(first?.unixMs).toBeGreaterThan(FIRST_MS + 60_000);
    expect(reading((reader) => [...reader.frames(id)])).toHaveLength(120);
  });

  it('take away the oldest frames by size, and keep their series', () => {
    // Names that do not compress, so that each block takes its room.
    const noisy = (at: number) =>
      watchFrame(at, {
        targets: [
          targetFrame(7, { comm: Array.from({ length: 300 }, (_, i) => Math.sin(at * 301 + i)).join() }),
        ],
      });
    const writer = new HistoryWriter(path, { ...DEFAULT_LIMITS, mostBytes: 1024 * 1024 });
    const id = writer.begin(NEW);
    for (let at = 1; at <= 1200; at += 1) writer.append(id, noisy(at), []);
    writer.close();
    // A block comes on top of the limit before the oldest go.
    expect(statSync(path).size).toBeLessThan(1.75 * 1024 * 1024);
    const frames = reading((reader) => [...reader.frames(id)]);
    expect(frames.length).toBeLessThan(600);
    expect(frames.at(-1)?.unixMs).toBe(FIRST_MS + 1_200_000);
    const kept = reading((reader) =>
      reader.series({
        target: 1,
        metric: 'cpuPct',
        fromSec: FIRST_MS / 1000,
        toSec: FIRST_MS / 1000 + 1210,
        mostPoints: 1e6,
      }),
    );
    expect(kept.points).toHaveLength(121);
  });

  it('are not applied by a clock that jumps ahead by years', () => {
    const writer = new HistoryWriter(path, { ...DEFAULT_LIMITS, framesForMs: 2 * 3600_000 });
    const id = writer.begin(NEW);
    for (let at = 1; at <= 60; at += 1) writer.append(id, busyFrame(at, 0), []);
    const years = 20 * 365 * 24 * 3600_000;
    for (let at = 61; at <= 120; at += 1)
      writer.append(id, { ...busyFrame(at, 0), unixMs: FIRST_MS + years + at }, []);
    writer.close();
    expect(reading((reader) => [...reader.frames(id)])).toHaveLength(120);
  });

  it('hold over a simulated day, with a file that no longer grows', () => {
    const limits = {
      ...DEFAULT_LIMITS,
      framesForMs: 3600_000,
      seriesForMs: [3600_000, 7200_000, 1e12] as const,
    };
    const writer = new HistoryWriter(path, limits);
    const id = writer.begin(NEW);
    const sizes: number[] = [];
    for (let at = 30; at <= 86_400; at += 30) {
      writer.append(id, busyFrame(at, (at % 977) * 1e6), []);
      if (at % 21_600 === 0) sizes.push(statSync(path).size);
    }
    writer.close();
    expect(sizes).toHaveLength(4);
    // What grows is the series of ten minutes, by 12 rows of some 40 bytes each.
    expect((sizes[3] ?? 0) - (sizes[0] ?? 0)).toBeLessThan(18 * 6 * 12 * 100 + 16 * 4096);
  }, 60_000);
});

describe('a history that cannot be used', () => {
  it('is said to be damaged where it is no database, or one of another program', () => {
    writeFileSync(path, 'not a database, by far not one'.repeat(100));
    expect(troubleOf(() => new HistoryWriter(path, DEFAULT_LIMITS))).toBe('damaged');
    expect(troubleOf(() => new HistoryReader(path))).toBe('damaged');
    rmSync(path);
    const other = openDatabase(path, false);
    other.exec('CREATE TABLE mine (x)');
    other.close();
    expect(troubleOf(() => new HistoryWriter(path, DEFAULT_LIMITS))).toBe('damaged');
  });

  it('is said to be damaged where its pages were overwritten, and what is whole can be read', () => {
    const id = record(600);
    const bytes = readFileSync(path);
    bytes.fill(0xa5, Math.floor(bytes.length / 2));
    writeFileSync(path, bytes);
    expect(troubleOf(() => reading((reader) => [...reader.frames(id)]))).toBe('damaged');
  });

  it('is refused where it was written by a later version', () => {
    record(1);
    const later = openDatabase(path, false);
    later.exec('PRAGMA user_version = 99');
    later.close();
    expect(troubleOf(() => new HistoryReader(path))).toBe('refused');
    expect(troubleOf(() => new HistoryWriter(path, DEFAULT_LIMITS))).toBe('refused');
  });

  it('is refused where the folder is not there', () => {
    expect(troubleOf(() => new HistoryWriter(join(folder, 'no', 'history.db'), DEFAULT_LIMITS))).toBe(
      'refused',
    );
    expect(troubleOf(() => new HistoryReader(path))).toBe('refused');
  });

  it.skipIf(process.geteuid?.() === 0)(
    'is refused in a folder that may not be written (skipped: root may)',
    () => {
      chmodSync(folder, 0o500);
      expect(troubleOf(() => new HistoryWriter(path, DEFAULT_LIMITS))).toBe('refused');
      chmodSync(folder, 0o700);
    },
  );
});
