import { expect, it } from 'vitest';
import { cells } from './look.ts';
import { tableLines } from './table.ts';

const columns = [
  { title: 'TID', align: 'right' },
  { title: 'thread' },
  { title: 'moves', align: 'right' },
] as const;

it('is as wide as its widest cell, numbers to the right, no blanks at the end', () => {
  expect(
    tableLines(columns, [
      ['4131', 'tick', '402,118'],
      ['7', 'a longer name', ''],
    ]),
  ).toEqual([' TID  thread           moves', '4131  tick           402,118', '   7  a longer name']);
});

it('aligns Korean by what it covers', () => {
  const lines = tableLines(columns, [
    ['1', '게임 서버', '10'],
    ['2', 'tick', '7'],
  ]);
  expect(new Set(lines.map(cells)).size).toBe(1);
});
