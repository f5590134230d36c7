import { describe, expect, it } from 'vitest';
import { KeelError } from '../../../base/errors.ts';
import { parseSpeed, parseWhen, recordingNumber } from './parse.ts';

const NOW = new Date(2026, 0, 31, 14, 0, 0).getTime();
const at = (...parts: [number, number, number, number, number, number]) => new Date(...parts).getTime();

describe('times', () => {
  it.each([
    ['03:12', at(2026, 0, 31, 3, 12, 0)],
    ['14:00:00', NOW],
    // Later today was yesterday.
    ['23:59:30', at(2026, 0, 30, 23, 59, 30)],
    ['-10m', NOW - 600_000],
    ['2026-01-30T03:12', at(2026, 0, 30, 3, 12, 0)],
    ['2026-01-30T03:12:00Z', Date.UTC(2026, 0, 30, 3, 12)],
  ])('%s is understood', (text, expected) => {
    expect(parseWhen('--at', text, NOW)).toBe(expected);
  });

  it.each(['', '99:99', '24:00', 'soon', '2026-99-99', '-', '10m'])('%j is refused', (text) => {
    expect(() => parseWhen('--at', text, NOW)).toThrow(KeelError);
  });
});

describe('speeds and recordings', () => {
  it('are numbers', () => {
    expect(['10', '0.5', '10x'].map(parseSpeed)).toEqual([10, 0.5, 10]);
    expect(['r-3', '3'].map(recordingNumber)).toEqual([3, 3]);
  });

  it.each(['0', '-1', 'fast', '1e9', ''])('a speed is not %j', (text) => {
    expect(() => parseSpeed(text)).toThrow(KeelError);
  });

  it.each(['r-', 'c-3', '-1', '1.5'])('a recording is not %j', (text) => {
    expect(() => recordingNumber(text)).toThrow(KeelError);
  });
});
