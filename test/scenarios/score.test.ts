import { expect, it } from 'vitest';
import { confusionMatrix, scoreOf } from './score.ts';

const judged = [
  { name: 'a', truth: 'swap', also: ['limit'], found: ['swap', 'limit'] },
  { name: 'b', truth: 'limit', also: [], found: ['swap'] },
  { name: 'c', truth: 'none', also: [], found: [] },
  { name: 'd', truth: 'none', also: [], found: [] },
];

it('counts what was said and what was true', () => {
  expect(scoreOf(judged)).toEqual({
    precisionRatio: 4 / 5,
    recallRatio: 3 / 4,
    wrong: ['b: swap', 'b: not limit, but swap'],
  });
});

it('shows what was taken for what', () => {
  expect(`\n${confusionMatrix(judged)}`).toBe(`
         swap  limit  none
swap        1      .     .
limit       1      .     .
none        .      .     2`);
});
