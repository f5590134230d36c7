import { expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { fieldWord } from './tracepoint-fields.ts';

const shape = {
  id: 1,
  fields: new Map([
    ['pid', { offsetBytes: 24, sizeBytes: 4 }],
    ['prev_state', { offsetBytes: 32, sizeBytes: 8 }],
    ['odd', { offsetBytes: 30, sizeBytes: 4 }],
  ]),
};

it('is counted in words, for any of the sizes that the field may have', () => {
  expect(fieldWord(shape, 'pid', 4)).toBe(6);
  expect(fieldWord(shape, 'prev_state', 4, 8)).toBe(8);
});

it.each([
  ['absent', [4], /a field absent of 4 bytes/],
  ['pid', [8], /a field pid of 8 bytes/],
  ['odd', [4, 8], /a field odd of 4 or 8 bytes/],
] as const)('is refused where it is not what is read: %s', (name, sizes, message) => {
  expect(() => fieldWord(shape, name, ...sizes)).toThrow(FormatError);
  expect(() => fieldWord(shape, name, ...sizes)).toThrow(message);
});
