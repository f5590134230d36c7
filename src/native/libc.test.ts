import { describe, expect, it } from 'vitest';
import { int32, KernelError, taskId } from './libc.ts';

describe('what leaves TypeScript', () => {
  it.each([1.7, 2 ** 40, Number.NaN, -(2 ** 31) - 1])('refuses %d as a C int', (value) => {
    expect(() => int32(value, 'cpu')).toThrow(RangeError);
  });

  it.each([-1, 0.5, 2 ** 31])('refuses %d as an id', (value) => {
    expect(() => taskId(value)).toThrow(RangeError);
  });

  it('passes what fits', () => {
    expect([int32(-(2 ** 31), 'x'), int32(2 ** 31 - 1, 'x'), taskId(0)]).toEqual([
      -(2 ** 31),
      2 ** 31 - 1,
      0,
    ]);
  });

  it('names errors of the kernel as the manual does', () => {
    expect(new KernelError('sched_setaffinity', 1)).toMatchObject({ errnoName: 'EPERM', errno: 1 });
    expect(new KernelError('x', 4242).errnoName).toBe('errno 4242');
  });
});
