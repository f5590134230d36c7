import { expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatPct, significant } from './format.ts';

it.each([
  [0, '0 ns'],
  [999, '999 ns'],
  [1_000, '1 µs'],
  [12_340, '12.3 µs'],
  [1_420_000, '1.42 ms'],
  [59_900_000_000, '59.9 s'],
  [60e9, '1 min'],
  [90e9, '1 min 30 s'],
  [3600e9, '1 h'],
  [76 * 3600e9, '3 d 4 h'],
  // Rounding must not invent a unit: never "1000 µs" or "60.0 s".
  [999_960, '1 ms'],
  [59_960_000_000, '1 min'],
])('%d ns is %s', (ns, expected) => {
  expect(formatDuration(ns)).toBe(expected);
});

it('writes us where µ cannot be shown', () => {
  expect(formatDuration(1_500, false)).toBe('1.50 us');
});

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [31.3 * 2 ** 30, '31.3 GiB'],
  [2 ** 40, '1 TiB'],
  [2 ** 20 - 1, '1 MiB'],
])('%d bytes are %s', (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});

it.each([
  [1.417, '1.42'],
  [12.34, '12.3'],
  [123.4, '123'],
  [1230.4, '1230'],
  [0.5, '0.50'],
  [0, '0'],
  [9.999, '10'],
])('%d in three digits is %s', (value, expected) => {
  expect(significant(value)).toBe(expected);
});

it('groups counts and gives shares one digit', () => {
  expect(formatCount(402118n)).toBe('402,118');
  expect(formatPct(64.34)).toBe('64.3 %');
});
