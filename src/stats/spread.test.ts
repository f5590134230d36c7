import { expect, it } from 'vitest';
import { spreadOf } from './spread.ts';

it('is the mean, the deviation of the population, and the value that nine in ten do not pass', () => {
  expect(spreadOf([1, 1, 1, 1, 1, 1, 1, 1, 1, 11])).toEqual({ mean: 2, deviation: 3, p90: 1 });
  expect(spreadOf([4, 2])).toEqual({ mean: 3, deviation: 1, p90: 4 });
  expect(spreadOf([])).toBeNull();
});
