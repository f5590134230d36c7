/** RLIMIT_MEMLOCK, of this process and of others. Before Linux 5.11 BPF maps counted against it. */
import { checked, libcFunction, taskId } from './libc.ts';

const prlimit = libcFunction<[number, number, BigUint64Array, null]>(
  'int prlimit64(int pid, int resource, const void *limit, void *old)',
);
/** On every architecture that Node.js runs on. */
const RLIMIT_MEMLOCK = 8;
const UNLIMITED = 0xffff_ffff_ffff_ffffn;

/** In bytes. */
export interface LockLimit {
  readonly soft: bigint | 'unlimited';
  readonly hard: bigint | 'unlimited';
}

/** @throws KernelError EPERM without CAP_SYS_RESOURCE */
export function liftLockedMemoryLimit(): void {
  setLockLimit(0, { soft: 'unlimited', hard: 'unlimited' });
}

/** @param pid 0 for this process @throws KernelError ESRCH, EPERM for another user's process, and without CAP_SYS_RESOURCE for a hard limit that grows */
export function setLockLimit(pid: number, { soft, hard }: LockLimit): void {
  const word = (value: bigint | 'unlimited') => (value === 'unlimited' ? UNLIMITED : value);
  const limit = BigUint64Array.of(word(soft), word(hard));
  checked('prlimit', prlimit(taskId(pid), RLIMIT_MEMLOCK, limit, null));
}
