/** RLIMIT_MEMLOCK of this process. Before Linux 5.11 BPF maps counted against it. */
import { checked, libcFunction } from './libc.ts';

const prlimit = libcFunction<[number, number, BigUint64Array, null]>(
  'int prlimit64(int pid, int resource, const void *limit, void *old)',
);

/** On every architecture that Node.js runs on. */
const RLIMIT_MEMLOCK = 8;
const UNLIMITED = 0xffff_ffff_ffff_ffffn;

/** @throws KernelError EPERM without CAP_SYS_RESOURCE */
export function liftLockedMemoryLimit(): void {
  checked('prlimit', prlimit(0, RLIMIT_MEMLOCK, BigUint64Array.of(UNLIMITED, UNLIMITED), null));
}
