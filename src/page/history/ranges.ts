/** Ranges of time: the presets, what is compared with what, and how times are written and typed. Pure. */
import type { Sentence } from '../../base/sentence.ts';
import type { RecordedTarget } from './documents.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface Preset {
  readonly lengthMs: number;
  readonly name: Sentence;
}

export const PRESETS: readonly Preset[] = [
  { lengthMs: 15 * MINUTE_MS, name: { en: '15 min', ko: '15분' } },
  { lengthMs: HOUR_MS, name: { en: '1 h', ko: '1시간' } },
  { lengthMs: 6 * HOUR_MS, name: { en: '6 h', ko: '6시간' } },
  { lengthMs: DAY_MS, name: { en: '1 d', ko: '1일' } },
  { lengthMs: 7 * DAY_MS, name: { en: '7 d', ko: '7일' } },
];

/** Unix time; the end is exclusive. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** All of a target, or the last hour of it. */
export function firstRange({ firstUnixMs, lastUnixMs }: RecordedTarget): Range {
  return endingAt(lastUnixMs, Math.min(lastUnixMs - firstUnixMs, HOUR_MS));
}

export function endingAt(toMs: number, lengthMs: number): Range {
  return { fromMs: toMs - lengthMs, toMs };
}

export function around(atMs: number, lengthMs: number): Range {
  return endingAt(Math.round(atMs + lengthMs / 2), lengthMs);
}

/** @param by in lengths of the range: -1 is the one before */
export function moved({ fromMs, toMs }: Range, by: number): Range {
  const byMs = by * (toMs - fromMs);
  return { fromMs: fromMs + byMs, toMs: toMs + byMs };
}

export const COMPARISONS = ['none', 'before', 'day', 'week', 'other'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export const COMPARISON_NAMES: Readonly<Record<Comparison, Sentence>> = {
  none: { en: 'nothing', ko: '비교 안 함' },
  before: { en: 'the time before', ko: '바로 앞 구간' },
  day: { en: 'the same time a day before', ko: '하루 전 같은 시각' },
  week: { en: 'the same time a week before', ko: '일주일 전 같은 시각' },
  other: { en: 'another time', ko: '다른 시각' },
};

/** Where the other range begins; null where nothing is compared. @param otherMs what was typed */
export function startOfOther(
  { fromMs, toMs }: Range,
  comparison: Comparison,
  otherMs: number,
): number | null {
  switch (comparison) {
    case 'none':
      return null;
    case 'before':
      return fromMs - (toMs - fromMs);
    case 'day':
      return fromMs - DAY_MS;
    case 'week':
      return fromMs - 7 * DAY_MS;
    case 'other':
      return otherMs;
  }
}

/**
 * Who was recorded in a range: the target itself, else a process of the same name (it was started again since), that which
 * covers most of it.
 */
export function targetIn(
  targets: readonly RecordedTarget[],
  like: RecordedTarget,
  { fromMs, toMs }: Range,
): RecordedTarget {
  const covered = (one: RecordedTarget) => Math.min(one.lastUnixMs, toMs) - Math.max(one.firstUnixMs, fromMs);
  const [best] = targets
    .filter((one) => one.comm === like.comm && covered(one) > 0)
    .sort((a, b) => covered(b) - covered(a));
  return covered(like) > 0 || best === undefined ? like : best;
}

const two = (value: number) => String(value).padStart(2, '0');

/** With the day where the span is long, with seconds where it is short. */
export function timeLabel(unixMs: number, spanMs: number): string {
  const at = new Date(unixMs);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const day = `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  if (spanMs > 2 * DAY_MS) return day;
  if (spanMs > 18 * HOUR_MS) return `${day} ${clock}`;
  return spanMs > 2 * HOUR_MS ? clock : `${clock}:${two(at.getSeconds())}`;
}

export function dateAndTime(unixMs: number): string {
  return inputText(unixMs).replace('T', ' ');
}

/** As an input of type datetime-local has it: the time of the reader's place. */
export function inputText(unixMs: number): string {
  const at = new Date(unixMs);
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day}T${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}

/** null for what is no time, such as an input that was emptied. */
export function parseInput(text: string): number | null {
  const unixMs = new Date(text).getTime();
  return Number.isNaN(unixMs) ? null : unixMs;
}
