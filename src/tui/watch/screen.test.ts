/** The screen against golden files; `KEEL_GOLDEN=write npx vitest run src/tui` writes them anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { cells, createLook, type Look } from '../../cli/output/look.ts';
import type { HistoryEvent } from '../../history/events.ts';
import { type FrameMoment, momentsOf } from '../../model/watch/late-moments.ts';
import {
  FIRST_MS,
  frameFinding,
  targetFrame,
  threadFrame,
  watchFrame,
} from '../../model/watch/testing/frames.ts';
import { renderWatch } from './screen.ts';
import { initialState, type WatchState, withFrame } from './state.ts';

const lookAt = (width: number, language: Look['language'] = 'en', unicode = true, colour = false) =>
  createLook({ language, width, unicode, colour });

const NAMES = ['tick', 'net', 'worker-1', 'worker-2', 'log', 'main', 'gc', 'rcon'];

/** A game server on 16 CPUs, second `at`: numbers that move, and the same ones each time. */
function arenaFrame(at: number) {
  const wave = (period: number, phase = 0) => (1 + Math.sin((at + phase) / period)) / 2;
  const threads = NAMES.map((comm, i) =>
    threadFrame(4127 + i, {
      comm,
      cpu: (i * 3 + Math.floor(at / 4)) % 16,
      runTimeNs: 4e8 / (i + 1) + wave(3, i) * 5e7,
      runDelayNs: 1.1e7 / (i + 1) + wave(2, i) * 2e6,
      migrations: i < 3 ? 1 + (at % 3) : 0,
      voluntarySwitches: 900 - i * 100,
      involuntarySwitches: 40 - i,
      minorFaults: 140 - i * 15,
      majorFaults: i === 2 ? 1 : 0,
      faultStallNs: 2.8e6 / (i + 1),
      affinity: i === 0 ? '12-13' : '0-15',
      ...(i === 0 ? { policy: 'fifo', realtimePriority: 10 } : {}),
    }),
  );
  const octaves = Array.from({ length: 24 }, (_, octave) =>
    Math.floor(wave(4, octave) * 40 * 0.7 ** Math.abs(octave - 14)),
  );
  return watchFrame(at, {
    ownRunNs: 4e6,
    targets: [
      targetFrame(4127, {
        unit: 'arena.service',
        threads,
        swapBytes: 312 * 2 ** 20,
        moves: { byDistance: { 'smt-siblings': 1, 'same-llc': at % 3, 'same-package': 1 }, unseen: 1 },
        runDelays: { events: 900, totalNs: 4e7, octaves },
        faultStalls: { events: 300, totalNs: wave(5) * 6e6, octaves: octaves.slice(0, 18) },
        lateMoments: momentsOf(arenaMoments(at), 1e6),
        activity: {
          runTimeNs: 1.2e9 + wave(6) * 3e8,
          runDelayNs: 4e7 + wave(3) * 2e7,
          migrations: 9 + (at % 5),
          rssBytes: 4.1 * 2 ** 30 + at * 2 ** 20,
          threads: threads.length,
          cpus: Array.from({ length: 16 }, (_, cpu) => ({
            cpu,
            runTimeNs: 2e8 * wave(2, cpu),
            exactNs: 1.5e8 * wave(2, cpu),
          })),
        },
      }),
    ],
    machine: {
      cpus: Array.from({ length: 16 }, (_, cpu) => ({ cpu, busyPct: 100 * wave(2, cpu), stealPct: 0 })),
      pressurePct: {
        cpu: { some: 38.2, full: 0 },
        memory: { some: 0, full: 0 },
        io: { some: 1.4, full: missing('absent', 'pressure full') },
      },
      memory: { totalBytes: 32 * 2 ** 30, availableBytes: 9.2 * 2 ** 30 },
      vmstat: missing('not-captured', 'vmstat'),
    },
    changes: [
      {
        id: 'c-18',
        command: 'pin arena 12-13 --threads tick',
        state: 'active',
        unixMs: FIRST_MS,
        endedUnixMs: null,
      },
      { id: 'c-17', command: 'pin arena core:6', state: 'undone', unixMs: FIRST_MS, endedUnixMs: FIRST_MS },
    ],
    judgement: {
      monotonicNs: 0n,
      windowNs: 30e9,
      findings: [
        frameFinding({
          weightRatio: 0.643,
          summary: {
            en: 'another task held the CPU: zstd, backup.service',
            ko: '다른 태스크가 CPU 점유: zstd, backup.service',
          },
        }),
        frameFinding({
          mark: 'F',
          rule: 'page-faults',
          weightRatio: 0.211,
          summary: {
            en: 'page fault, read-ahead wait: maps/arena_03.pak',
            ko: '페이지 폴트, 미리 읽기 대기: maps/arena_03.pak',
          },
        }),
        frameFinding({
          mark: 'M',
          rule: 'migrations',
          weightRatio: 0.035,
          summary: { en: 'migration to the other LLC', ko: '다른 LLC로 마이그레이션' },
        }),
      ],
    },
  });
}

/** None in most seconds, several in some. */
function arenaMoments(at: number): FrameMoment[] {
  const causes = ['behind', 'behind', 'page-fault', 'unexplained'] as const;
  return Array.from({ length: Math.max(0, (at % 7) - 3) }, (_, i) => {
    const cause = causes[(at + i) % causes.length] ?? 'behind';
    return {
      tid: 4127 + (i % 3),
      monotonicNs: BigInt(at) * 1_000_000_000n - BigInt(i) * 230_000_000n,
      lateNs: 1e6 * 2 ** ((at + i) % 6),
      cause,
      by: cause === 'behind' ? { tid: 9923, tgid: 9917, comm: 'zstd' } : null,
    };
  });
}

function stateAt(columns: number, rows: number, frames = 120): WatchState {
  let state = initialState({ size: { columns, rows }, source: 'live', title: 'arena', everyNs: 1e9 });
  for (let at = 1; at <= frames; at += 1) state = withFrame(state, arenaFrame(at));
  return state;
}

/** Without the time of day, which is that of the reader's place. */
function drawn(state: WatchState, look: Look): string {
  return `${renderWatch(state, look)
    .join('\n')
    .replaceAll(/\d\d:\d\d:\d\d/g, 'hh:mm:ss')}\n`;
}

describe('the screen', () => {
  it.each([
    ['80x24', 80, 24, 'en', true],
    ['80x24-ko', 80, 24, 'ko', true],
    ['80x24-ascii', 80, 24, 'en', false],
    ['100x30', 100, 30, 'en', true],
    ['100x40', 100, 40, 'en', true],
    ['160x50', 160, 50, 'en', true],
    ['60x20', 60, 20, 'en', true],
  ] as const)('looks as in %s', (name, columns, rows, language, unicode) => {
    const path = join(import.meta.dirname, 'golden', `watch-${name}.txt`);
    const text = drawn(stateAt(columns, rows), lookAt(columns, language, unicode));
    if (process.env.KEEL_GOLDEN === 'write') writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, 'utf8'));
  });

  it('is a rectangle of the asked size, whatever is on it and however it looks', () => {
    const overlay = fc.constantFrom<WatchState['overlay']>(
      null,
      { kind: 'help' },
      { kind: 'moments' },
      { kind: 'thread', tid: 4128 },
      { kind: 'thread', tid: 1 },
      { kind: 'finding', at: 1 },
      { kind: 'finding', at: 9 },
      { kind: 'filter', text: '한\x1b[31m' },
      { kind: 'pin', text: '0-3', tid: null },
      { kind: 'undo', changes: [{ id: 'c-1', command: 'pin 가 0' }], at: 0 },
      { kind: 'targets', text: '', at: 0, processes: [{ tgid: 1, comm: '\x1b]0;x\x07' }] },
    );
    const states = [1, 120].map((frames) => stateAt(80, 24, frames));
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 260 }),
        fc.integer({ min: 1, max: 90 }),
        fc.constantFrom('en', 'ko'),
        fc.boolean(),
        overlay,
        fc.constantFrom(...states, { ...stateAt(80, 24, 0) }),
        (columns, rows, language, unicode, over, state) => {
          const lines = renderWatch(
            { ...state, size: { columns, rows }, overlay: over },
            lookAt(columns, language as 'en' | 'ko', unicode, true),
          );
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect(cells(line)).toBe(columns);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('lists the late moments with who was in the way, the longest first', () => {
    const text = drawn({ ...stateAt(80, 24), overlay: { kind: 'moments' } }, lookAt(80));
    expect(text).toContain('late moments, the longest first');
    const late = [...text.matchAll(/ (\d+\.\d) ms {3,}41/g)].map((found) => Number(found[1]));
    expect(late.length).toBeGreaterThan(3);
    expect(late).toEqual(late.toSorted((a, b) => b - a));
    expect(text).toMatch(/ T +\d+\.\d ms +41\d\d \S+ +waiting behind zstd 9923/);
  });

  it('says that nothing held a thread, where nothing did', () => {
    const quiet = watchFrame(1, { targets: [targetFrame(7, { lateMoments: momentsOf([], 1e6) })] });
    const state = withFrame(stateAt(80, 24, 0), quiet);
    expect(drawn({ ...state, overlay: { kind: 'moments' } }, lookAt(80))).toContain(
      'nothing held a thread for 1 ms in the last 30 s',
    );
  });

  it('shows the worst moments that were recorded in the interval, where there is room', () => {
    const moment = (kind: 'late' | 'slow-fault', weight: number, text: string, tgid = 7): HistoryEvent => ({
      ...{ unixMs: 0, kind, tgid, tid: 8, weight, text: { en: text, ko: text } },
      details: { mark: 'T' },
    });
    const moments = [
      moment('slow-fault', 2e6, 'file read\x1b[2J'),
      moment('late', 7e6, 'tick was late'),
      moment('late', 9e6, 'another process', 70),
    ];
    const frame = watchFrame(1, { targets: [targetFrame(7)] });
    const lines = (rows: number) => renderWatch(withFrame(stateAt(80, rows, 0), frame, moments), lookAt(80));
    const shown = lines(29);
    const title = shown.findIndex((line) => line.includes('worst of this interval: 1 late, 1 slow fault'));
    expect(shown[title + 1]).toMatch(/^ T tick was late +7 ms$/);
    expect(shown[title + 2]).toMatch(/^ F file read.* +2 ms$/);
    expect(shown.join('')).not.toMatch(/\x1b|another process/);
    expect(lines(10).join('')).not.toContain('worst of');
  });

  it('has them in one panel on a larger screen: drawn with the letters of their causes, the worst in words', () => {
    const late = (weight: number, mark: string, cause: string, by: string | null): HistoryEvent => ({
      ...{ unixMs: FIRST_MS + 900, kind: 'late', tgid: 7, tid: 7, weight, text: { en: '', ko: '' } },
      details: { mark, cause, by: by === null ? null : { comm: by, tid: 4133 } },
    });
    const moments = [late(7e6, 'L', 'lock', 'net\x1b[2J'), late(3e6, 'I', 'interrupt', null)];
    const state = withFrame(stateAt(100, 40, 0), watchFrame(1, { targets: [targetFrame(7)] }), moments);
    const lines = renderWatch(state, lookAt(100));
    const title = lines.findIndex((line) => line.includes('late moments in the last 30 s: 2'));
    expect(lines[title + 5]).toContain('L 7 ms  lock held by another thread: net');
    expect(lines.join('')).not.toMatch(/\x1b|worst of this interval/);
    const listed = drawn({ ...state, overlay: { kind: 'moments' } }, lookAt(100));
    expect(listed).toMatch(/ L +7\.0 ms +7 \S+ +lock held by another thread: net/);
    expect(listed).toContain('2 of 2, as recorded');
  });

  it('lets no name of a thread steer the terminal', () => {
    const hostile = watchFrame(1, {
      targets: [
        targetFrame(7, { comm: '\x1b[2J', threads: [threadFrame(7, { comm: '\x1b]0;x\x07\x9b1m' })] }),
      ],
    });
    const lines = renderWatch(withFrame(stateAt(80, 24, 0), hostile), lookAt(80));
    expect(lines.join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  });

  it.each([
    [30, '30x5 is too small: need 40x10'],
    [20, 'need 40x10'],
  ])('says in one line how much room it needs, %i columns wide', (columns, words) => {
    const lines = renderWatch(stateAt(columns, 5, 1), lookAt(columns));
    expect(lines.map((line) => line.trim()).filter((line) => line !== '')).toEqual([words]);
  });

  it('shows a dash and the reason where nothing is known', () => {
    const denied = missing('denied', 'bpf', 'CAP_BPF is missing');
    const blind = watchFrame(1, {
      targets: [
        targetFrame(7, {
          activity: { migrations: denied, runDelayNs: denied },
          runDelays: denied,
          faultStalls: denied,
        }),
      ],
      judgement: denied,
    });
    const text = drawn(withFrame(stateAt(160, 50, 0), blind), lookAt(160));
    expect(text).toContain('CAP_BPF is missing');
    expect(text).toContain('run delay — ms/s');
    expect(text).toContain('migrations — in 1 s');
  });
});
