/** Times and speeds as people type them. */
import { KeelError } from '../../../base/errors.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { parseDurationNs } from '../../../base/units.ts';

const DAY_MS = 24 * 3600_000;

/**
 * `03:12` and `03:12:30` are the last time it was that late, where the reader is; `-10m` is ago; the rest is ISO 8601.
 * @throws KeelError E_USAGE
 */
export function parseWhen(option: string, text: string, nowMs: number): number {
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  if (clock !== null) {
    const at = new Date(nowMs).setHours(Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0), 0);
    return at <= nowMs ? at : at - DAY_MS;
  }
  const agoNs = text.startsWith('-') ? parseDurationNs(text.slice(1)) : null;
  if (agoNs !== null) return nowMs - agoNs / 1e6;
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw bad(option, text, {
    en: 'a time such as 03:12, 2026-01-31T03:12 or -10m',
    ko: '03:12, 2026-01-31T03:12, -10m 같은 시각',
  });
}

/** @throws KeelError E_USAGE */
export function parseSpeed(text: string): number {
  const speed = Number(text.replace(/x$/, ''));
  if (/^\d+(\.\d+)?x?$/.test(text) && speed > 0 && speed <= 10_000) return speed;
  throw bad('--speed', text, { en: 'a factor such as 10 or 0.5', ko: '10, 0.5 같은 배속' });
}

/** @throws KeelError E_USAGE */
export function recordingNumber(text: string): number {
  const number = /^(?:r-)?(\d{1,9})$/.exec(text)?.[1];
  if (number !== undefined) return Number(number);
  throw bad('recording', text, { en: 'an id such as r-3', ko: 'r-3 같은 ID' });
}

function bad(option: string, text: string, expected: Sentence): KeelError {
  return new KeelError('E_USAGE', {
    what: { en: `${option} takes ${expected.en}`, ko: `${option}의 값은 ${expected.ko}여야 합니다` },
    pointer: { text, start: 0, end: text.length },
    next: [{ en: 'What there is: keel record list', ko: '목록: keel record list' }],
  });
}
