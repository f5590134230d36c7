import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import type { HistoryEvent } from '../history/events.ts';
import { DEFAULT_LIMITS } from '../history/retention.ts';
import { HistoryWriter } from '../history/writer.ts';
import { FIRST_MS, targetFrame, watchFrame } from '../model/watch/testing/frames.ts';
import { HistoryBrowser } from './browse-history.ts';

let state: string;
let path: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'keel-browse-'));
  mkdirSync(join(state, 'evenkeel'));
  path = join(state, 'evenkeel/history.db');
});
afterEach(() => rmSync(state, { recursive: true }));

const browser = () => new HistoryBrowser({ XDG_STATE_HOME: state });

/** A frame each second: on CPU 0 as given, on CPU 3 in every other one. */
function frame(at: number, runNs: number) {
  const cpus = [
    { cpu: 0, runTimeNs: runNs, exactNs: 0 },
    { cpu: 3, runTimeNs: at % 2 === 0 ? 200e6 : 0, exactNs: 0 },
  ];
  return watchFrame(at, { targets: [targetFrame(7, { activity: { runTimeNs: runNs, cpus } })] });
}

function record(seconds: number, runNs: (at: number) => number, events: readonly HistoryEvent[] = []): void {
  const writer = new HistoryWriter(path, DEFAULT_LIMITS);
  const id = writer.begin({ beganMs: FIRST_MS, bootId: null, everyNs: 1e9, title: 'arena' });
  for (let at = 1; at <= seconds; at += 1) writer.append(id, frame(at, runNs(at)), []);
  writer.addEvents(id, events);
  writer.close();
}

const range = (fromSec: number, toSec: number, target = 1) => ({
  target,
  fromMs: FIRST_MS + fromSec * 1000,
  toMs: FIRST_MS + toSec * 1000,
});

describe('what was recorded', () => {
  it('is nothing where nothing was, and no error', () => {
    expect(browser().targets()).toEqual([]);
    expect(browser().ranges([range(0, 60)])).toBeNull();
    expect(browser().events(range(0, 60))).toBeNull();
  });

  it('is each process with the time that its numbers reach over, the newest first', () => {
    record(65, () => 1e6);
    record(5, () => 1e6);
    expect(browser().targets()).toMatchObject([
      { target: 2, recording: 'r-2', tgid: 7, comm: 'arena' },
      { target: 1, recording: 'r-1', firstUnixMs: FIRST_MS, lastUnixMs: FIRST_MS + 70_000 },
    ]);
  });

  it('is told of a file that is no history', () => {
    writeFileSync(path, 'no database'.repeat(100));
    expect(() => browser().targets()).toThrow(KeelError);
  });
});

describe('a range of it', () => {
  const seriesIn = (answer: ReturnType<HistoryBrowser['ranges']>, i: number, metric: string) =>
    answer?.ranges[i]?.series.find((one) => one.metric === metric);

  it('has a value for each step, and none where nothing was recorded', () => {
    record(25, (at) => at * 1e6);
    const answer = browser().ranges([range(0, 40)]);
    expect(answer).toMatchObject({ stepSec: 10, ranges: [{ startSec: FIRST_MS / 1000, steps: 4 }] });
    const cpu = seriesIn(answer, 0, 'cpuPct');
    expect(cpu?.mean).toEqual([0.5, 1.45, 2.25, null]);
    expect(cpu?.most).toEqual([0.9, 1.9, 2.5, null]);
    expect(cpu?.summary).toEqual({ mean: 1.3, p50: 1.45, p99: 2.25, most: 2.5 });
  });

  it('has the share of each CPU of all its time, also of one that it was not always on', () => {
    record(19, () => 100e6);
    const cpus = browser().ranges([range(0, 20)])?.ranges[0]?.cpus;
    expect(cpus).toMatchObject([{ cpu: 0, runPct: 10 }, { cpu: 3 }]);
    expect(cpus?.[1]?.runPct).toBeCloseTo((20 * 9) / 19, 3);
  });

  it('has its waits by time and length, in no more columns than a heat map has', () => {
    const writer = new HistoryWriter(path, DEFAULT_LIMITS);
    const id = writer.begin({ beganMs: FIRST_MS, bootId: null, everyNs: 1e9, title: 'arena' });
    const runDelays = { events: 1, totalNs: 5000, octaves: Object.assign(new Array(13).fill(0), { 12: 1 }) };
    for (let at = 5; at <= 3000; at += 10)
      writer.append(id, watchFrame(at, { targets: [targetFrame(7, { runDelays })] }), []);
    writer.close();
    const heat = browser().ranges([range(0, 3000)])?.ranges[0]?.heat;
    expect(heat).toMatchObject({ columnSec: 30, columns: 100, faultStalls: [] });
    expect(heat?.runDelays).toHaveLength(100);
    expect(heat?.runDelays[99]).toEqual([99, 12, 3]);
  });

  it('is compared with another one in the same steps, the coarser of both', () => {
    const writer = new HistoryWriter(path, { ...DEFAULT_LIMITS, seriesForMs: [0, 1e12, 1e12] });
    const id = writer.begin({ beganMs: FIRST_MS, bootId: null, everyNs: 1e9, title: 'arena' });
    for (let at = 60; at <= 4 * 3600; at += 60) writer.append(id, frame(at, at < 7200 ? 10e6 : 20e6), []);
    writer.close();
    // Of the last two hours there are steps of 10 s, before only those of a minute.
    expect(browser().ranges([range(3 * 3600, 3.5 * 3600)])?.stepSec).toBe(10);
    const both = browser().ranges([range(3 * 3600, 3.5 * 3600), range(600, 600 + 1800)]);
    expect(both?.stepSec).toBe(60);
    expect(seriesIn(both, 0, 'cpuPct')?.summary.p50).toBe(2);
    expect(seriesIn(both, 1, 'cpuPct')?.summary.p50).toBe(1);
  });

  it('of a target that is not there is null', () => {
    record(5, () => 1e6);
    expect(browser().ranges([range(0, 10), range(0, 10, 99)])).toBeNull();
  });
});

describe('events of a range', () => {
  const event = (
    sec: number,
    kind: HistoryEvent['kind'],
    weight: number,
    tgid: number | null,
  ): HistoryEvent => ({
    ...{ unixMs: FIRST_MS + sec * 1000, kind, tgid, tid: null, weight, text: { en: 'a', ko: '가' } },
    details: { parts: [{ atNs: 0 }] },
  });

  it('are those of its process and of the machine, the heaviest of each kind', () => {
    const storm = Array.from({ length: 200 }, (_, i) => event(1 + i / 100, 'late', i, 7));
    record(5, () => 1e6, [...storm, event(4, 'trouble', 0, null), event(4, 'late', 1e9, 70)]);
    const answer = browser().events(range(0, 10));
    expect(answer?.counts).toEqual(
      expect.arrayContaining([
        { kind: 'late', events: 200 },
        { kind: 'trouble', events: 1 },
      ]),
    );
    const late = answer?.events.filter(({ kind }) => kind === 'late') ?? [];
    expect(late.map(({ weight }) => weight)).toEqual(Array.from({ length: 150 }, (_, i) => 50 + i));
    expect(late[0]?.details).toEqual({ parts: [{ atNs: 0 }] });
    expect(browser().events(range(5, 10))?.counts).toEqual([]);
  });
});
