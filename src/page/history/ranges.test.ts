import { describe, expect, it } from 'vitest';
import type { RecordedTarget } from './documents.ts';
import { differenceText } from './measures.ts';
import {
  around,
  firstRange,
  inputText,
  moved,
  parseInput,
  startOfOther,
  targetIn,
  timeLabel,
} from './ranges.ts';

const HOUR = 3600_000;
const NOW = new Date(2026, 0, 31, 14, 0, 0).getTime();

const recorded = (
  target: number,
  firstUnixMs: number,
  lastUnixMs: number,
  comm = 'arena',
): RecordedTarget => ({
  ...{ target, recording: 'r-1', tgid: target, comm, firstUnixMs, lastUnixMs },
});

describe('ranges of time', () => {
  it('begin with all of a short recording, or with the last hour of a long one', () => {
    expect(firstRange(recorded(1, NOW - 60_000, NOW))).toEqual({ fromMs: NOW - 60_000, toMs: NOW });
    expect(firstRange(recorded(1, NOW - 90 * HOUR, NOW))).toEqual({ fromMs: NOW - HOUR, toMs: NOW });
  });

  it('are moved by their own length, and laid around a moment', () => {
    const range = { fromMs: 100, toMs: 160 };
    expect([moved(range, -1), moved(range, 1)]).toEqual([
      { fromMs: 40, toMs: 100 },
      { fromMs: 160, toMs: 220 },
    ]);
    expect(around(100, 60)).toEqual({ fromMs: 70, toMs: 130 });
  });

  it.each([
    ['none', null],
    ['before', NOW - 2 * HOUR],
    ['day', NOW - 25 * HOUR],
    ['week', NOW - 169 * HOUR],
    ['other', 7],
  ] as const)('compared with %s, the other begins at %j', (comparison, expected) => {
    expect(startOfOther({ fromMs: NOW - HOUR, toMs: NOW }, comparison, 7)).toBe(expected);
  });

  it('are of the same process, or of one of its name where it was another one then', () => {
    const now = recorded(3, 1000, 2000);
    const all = [now, recorded(2, 0, 900), recorded(1, 0, 400), recorded(4, 0, 999, 'other')];
    expect(targetIn(all, now, { fromMs: 100, toMs: 900 }).target).toBe(2);
    expect(targetIn(all, now, { fromMs: 800, toMs: 1100 }).target).toBe(3);
    expect(targetIn(all, now, { fromMs: 5000, toMs: 6000 }).target).toBe(3);
  });
});

describe('times', () => {
  it('are written as far as the span needs', () => {
    const at = (spanMs: number) => timeLabel(NOW, spanMs);
    expect([at(HOUR), at(6 * HOUR), at(24 * HOUR), at(7 * 24 * HOUR)]).toEqual([
      '14:00:00',
      '14:00',
      '01-31 14:00',
      '01-31',
    ]);
  });

  it('are typed as they are shown, and an emptied input is none', () => {
    expect(inputText(NOW)).toBe('2026-01-31T14:00:00');
    expect([parseInput(inputText(NOW)), parseInput('')]).toEqual([NOW, null]);
  });
});

describe('a difference', () => {
  it.each([
    [112, 100, '+12 %'],
    [97, 100, '−3.0 %'],
    [100.001, 100, '0 %'],
    [300, 100, '×3'],
    [0, 0, '0 %'],
    [5, 0, '—'],
  ])('of %d and %d is %s', (now, before, text) => {
    expect(differenceText(now, before)).toBe(text);
  });
});
