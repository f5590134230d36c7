/** A lock between processes on an open file: flock(2). The kernel gives it back when its holder dies. */
import { checked, int32, KernelError, libcFunction } from './libc.ts';

const flock = libcFunction<[number, number]>('int flock(int fd, int operation)');

const LOCK_EX = 2;
const LOCK_NB = 4;
const EWOULDBLOCK = 11;

/** @returns false where somebody else holds it */
export function tryLock(fd: number): boolean {
  try {
    checked('flock', flock(int32(fd, 'fd'), LOCK_EX | LOCK_NB));
    return true;
  } catch (error) {
    if (error instanceof KernelError && error.errno === EWOULDBLOCK) return false;
    throw error;
  }
}
