import { describe, expect, it } from 'vitest';
import { checked, KernelError, libcFunction } from './libc.ts';

const getppid = libcFunction<[]>('int getppid()');
const close = libcFunction<[number]>('int close(int)');

describe('libc', () => {
  it('answers as Node.js does', () => {
    expect(getppid()).toBe(process.ppid);
  });

  it('turns errno into an error that names the call', () => {
    expect(() => checked('close', close(-1))).toThrow(new KernelError('close', 9));
  });
});
