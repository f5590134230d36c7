import { expect, it } from 'vitest';
import { cpus, machine, processOf, thread } from '../testing/process.ts';
import { threadsDiffer } from './threads-differ.ts';

const check = (...masks: string[]) =>
  threadsDiffer.check(
    processOf({ threads: masks.map((mask, i) => thread(100 + i, { affinity: cpus(mask) })) }),
    machine(),
  );

it('names the largest groups and counts the rest', () => {
  expect(check('0-7', '0-7', '1', '2', '3')[0]?.summary.en).toBe(
    'threads differ in affinity: 0-7 (2), 1 (1), 2 (1), 1 more',
  );
});

it('is silent where all are alike, and where main-thread-only says it better', () => {
  expect(check('0-7', '0-7')).toEqual([]);
  expect(check('3', '0-7', '0-7')).toEqual([]);
});
