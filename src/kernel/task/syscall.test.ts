import { expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { threadSyscall } from './syscall.ts';

it.each([
  ['running\n', null],
  [
    '202 0x7f 0x189 0x0 0x0 0x0 0xffffffff 0x7f12aabbcc00 0x7f12aa000010\n',
    { number: 202, stackPointer: 0x7f12aabbcc00 },
  ],
  ['-1 0x7ffd1000 0x401000\n', { number: -1, stackPointer: 0x7ffd1000 }],
  ['-1 0x0 0x0\n', { number: -1, stackPointer: null }],
])('reads %j', (text, waiting) => {
  expect(threadSyscall.parse(text, NO_FACTS)).toEqual(waiting);
});

it.each(['', '12', '12 0x1', 'x 0x1 0x2', '1 2 3'])('refuses %j', (text) => {
  expect(() => threadSyscall.parse(text, NO_FACTS)).toThrow(FormatError);
});
