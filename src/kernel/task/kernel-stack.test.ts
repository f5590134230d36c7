import { describe, expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { threadKernelStack, threadWaitChannel } from './kernel-stack.ts';

describe('the kernel stack of a thread', () => {
  it('is its functions, innermost first', () => {
    const text =
      '[<0>] hrtimer_nanosleep+0x74/0xf0\n[<0>] common_nsleep+0x30/0x60\n[<0>] do_one.isra.0+0x1/0x2 [xfs]\n';
    expect(threadKernelStack.parse(text, NO_FACTS)).toEqual([
      'hrtimer_nanosleep',
      'common_nsleep',
      'do_one.isra.0',
    ]);
  });

  it('is that of old kernels too, which told addresses and an end', () => {
    const text = '[<ffffffff81098f4e>] do_wait+0x1ce/0x240\n[<ffffffffffffffff>] 0xffffffffffffffff\n';
    expect(threadKernelStack.parse(text, NO_FACTS)[0]).toBe('do_wait');
  });

  it('is empty for one that runs', () => {
    expect(threadKernelStack.parse('', NO_FACTS)).toEqual([]);
  });

  it('refuses what it is not', () => {
    expect(() => threadKernelStack.parse('schedule\n', NO_FACTS)).toThrow(FormatError);
  });
});

describe('the wait channel of a thread', () => {
  it.each([
    ['0', null],
    ['', null],
    ['handle_userfault', 'handle_userfault'],
  ])('%j', (text, name) => {
    expect(threadWaitChannel.parse(text, NO_FACTS)).toBe(name);
  });

  it('refuses what is no function', () => {
    expect(() => threadWaitChannel.parse('a b', NO_FACTS)).toThrow(FormatError);
  });
});
