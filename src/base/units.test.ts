import { describe, expect, it } from 'vitest';
import { groupDecimals, groupDigits, plural } from './sentence.ts';
import { parseDurationNs, ticksToNs } from './units.ts';

describe('parseDurationNs', () => {
  it.each([
    ['30s', 30e9],
    ['1.5ms', 1.5e6],
    ['100us', 100e3],
    ['100µs', 100e3],
    ['2m', 120e9],
    ['2min', 120e9],
    ['1h', 3600e9],
    ['30', 30e9],
    [' 10 s ', 10e9],
    ['0', 0],
  ])('%j', (text, ns) => {
    expect(parseDurationNs(text)).toBe(ns);
  });

  it.each(['', '-1s', 's', '1d', '1e3s', '1,5s', 'ten', '1s1', '999999h', 'Infinity', '١s'])(
    'refuses %j',
    (text) => {
      expect(parseDurationNs(text)).toBeNull();
    },
  );
});

it('turns ticks into nanoseconds without losing one', () => {
  expect(ticksToNs(1n, 100)).toBe(10_000_000n);
  // A hundred years of uptime: a number would be off by hundreds of nanoseconds.
  expect(ticksToNs(315_360_000_001n, 100)).toBe(3_153_600_000_010_000_000n);
  expect(ticksToNs(1n, 1024)).toBe(976_562n);
});

it('counts in English', () => {
  expect([0, 1, 2, 1234].map((count) => plural(count, 'thread'))).toEqual([
    '0 threads',
    '1 thread',
    '2 threads',
    '1,234 threads',
  ]);
  expect(plural(2, 'process', 'processes')).toBe('2 processes');
});

it.each([0, 7, 999, 1000, 402118, -1234, 1234567890, 2 ** 53, 12345678901234567890n])(
  'groups the digits of %s',
  (count) => {
    expect(groupDigits(count)).toBe(count.toLocaleString('en-US'));
  },
);

it.each([0, 0.04, 999.96, 4199, -1234.5, 1234567.25])(
  'groups the digits of %s before its decimals',
  (value) => {
    const options = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    expect(groupDecimals(value, 1)).toBe(value.toLocaleString('en-US', options));
  },
);
