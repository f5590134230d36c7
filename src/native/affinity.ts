/** The CPUs a thread may run on: sched_getaffinity(2), sched_setaffinity(2). */
import { CpuSet, MAX_CPU } from '../base/cpu-set.ts';
import { checked, KernelError, libcFunction, taskId } from './libc.ts';

const getaffinity = libcFunction<[number, number, Uint8Array]>(
  'int sched_getaffinity(int tid, size_t length, void *mask)',
);
const setaffinity = libcFunction<[number, number, Uint8Array]>(
  'int sched_setaffinity(int tid, size_t length, const void *mask)',
);

const EINVAL = 22;
/** The smallest mask of a common kernel (1024 CPUs); larger kernels answer EINVAL until the mask is long enough. */
const FIRST_MASK_BYTES = 128;
const MOST_MASK_BYTES = (MAX_CPU + 1) / 8;

/**
 * What the kernel holds for the thread: what was asked for, without what its cpuset forbids.
 * @param tid 0 is the calling thread
 * @throws KernelError ESRCH
 */
export function getAffinity(tid: number): CpuSet {
  for (let length = FIRST_MASK_BYTES; ; length *= 2) {
    const mask = new Uint8Array(length);
    try {
      checked('sched_getaffinity', getaffinity(taskId(tid), length, mask));
      return CpuSet.fromMaskBytes(mask);
    } catch (error) {
      const tooShort = error instanceof KernelError && error.errno === EINVAL;
      if (!tooShort || length >= MOST_MASK_BYTES) throw error;
    }
  }
}

/**
 * The kernel silently takes away what the thread's cpuset forbids; reading back shows it.
 * @param tid 0 is the calling thread
 * @throws KernelError ESRCH; EPERM without CAP_SYS_NICE for another user's thread; EINVAL where nothing is left, and
 *   for kernel threads that may not be moved
 */
export function setAffinity(tid: number, cpus: CpuSet): void {
  const words = Math.floor((cpus.last ?? 0) / 64) + 1;
  const mask = cpus.toMaskBytes(words * 8);
  checked('sched_setaffinity', setaffinity(taskId(tid), mask.length, mask));
}
