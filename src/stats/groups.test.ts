import { expect, it } from 'vitest';
import { twoGroups } from './groups.ts';

it('finds the widest gap', () => {
  expect(twoGroups([88, 30, 29, 84, 33, 97], 1.5)).toEqual({
    below: 33,
    above: 84,
    lower: [29, 30, 33],
    upper: [84, 88, 97],
  });
});

it.each([
  [[30, 33, 36, 40], 'values that rise evenly'],
  [[30, 31, 32, 90], 'one outlier'],
  [[30, 90], 'too few'],
  [[], 'none'],
])('finds no groups in %j: %s', (values) => {
  expect(twoGroups(values, 1.5)).toBeNull();
});
