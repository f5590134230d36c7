/** A pipe whose two ends are plain descriptors: read and written with calls that wait, man 2 pipe. */
import { checked, libcFunction } from './libc.ts';

const pipe2 = libcFunction<[Int32Array, number]>('int pipe2(void *ends, int flags)');

const O_CLOEXEC = 0o2000000;

export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

/** Both ends are closed at exec, unless a child is given them. @throws KernelError EMFILE, ENFILE */
export function openPipe(): Pipe {
  const ends = new Int32Array(new ArrayBuffer(8));
  checked('pipe2', pipe2(ends, O_CLOEXEC));
  const [readEnd, writeEnd] = ends as unknown as [number, number];
  return { readEnd, writeEnd };
}
