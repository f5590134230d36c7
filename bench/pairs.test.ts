import { expect, it } from 'vitest';
import { quantile, rotated, summarize } from './pairs.ts';

it('takes ratios within a round, so that a slow round does not count', () => {
  const rounds = [
    new Map([
      ['node', 40],
      ['keel', 60],
    ]),
    new Map([
      ['node', 400],
      ['keel', 600],
    ]),
    new Map([
      ['node', 40],
      ['keel', 64],
    ]),
  ];
  expect(summarize(rounds, 'keel', 'node')).toEqual({
    name: 'keel',
    median: 64,
    ratio: { low: 1.5, median: 1.5, high: 1.55 },
  });
});

it('interpolates quantiles', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([7], 0.25)).toBe(7);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

it('lets every subject come at every place', () => {
  const all = ['a', 'b', 'c'];
  const rounds = [0, 1, 2].map((round) => rotated(all, round));
  for (const place of [0, 1, 2]) expect(rounds.map((round) => round[place]).sort()).toEqual(all);
});
