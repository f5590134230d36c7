/** Where memory comes from: set_mempolicy(2) for the calling thread, migrate_pages(2) for any process. */
import type { CpuSet } from '../base/cpu-set.ts';
import { checked, int32, libcFunction, taskId, type Word } from './libc.ts';
import { syscallNumber } from './syscall-numbers.ts';

const policyCall = libcFunction<[number, number, Uint8Array | null, number]>(
  'long syscall(long number, int mode, const void *nodes, unsigned long bits)',
);
const migrateCall = libcFunction<[number, number, number, Uint8Array, Uint8Array]>(
  'long syscall(long number, int pid, unsigned long bits, const void *from, const void *to)',
);

/**
 * Bits to name to the kernel for a mask of this many bytes. The kernel reads one bit less than it is told
 * (mm/mempolicy.c, get_nodes), so one more is named than the mask has; the mask itself has a spare word.
 */
export function nodeMask(nodes: CpuSet): { readonly bytes: Uint8Array; readonly bits: number } {
  const words = Math.floor((nodes.last ?? 0) / 64) + 2;
  return { bytes: nodes.toMaskBytes(words * 8), bits: (words - 1) * 64 + 1 };
}

/**
 * Of the calling thread; kept across execve(2).
 * @param mode MPOL_* with its flags
 * @throws KernelError EINVAL for nodes that are not there or not allowed
 */
export function setOwnMemoryPolicy(mode: number, nodes: CpuSet): void {
  const mask = nodes.isEmpty ? { bytes: null, bits: 0 } : nodeMask(nodes);
  checked(
    'set_mempolicy',
    policyCall(syscallNumber('set_mempolicy'), int32(mode, 'mode'), mask.bytes, mask.bits),
  );
}

/**
 * Moves the pages of a process that lie on `from` to `to`, node by node in order.
 * @returns how many pages could not be moved
 * @throws KernelError EPERM without CAP_SYS_NICE for another user's process or for nodes outside its cpuset; ESRCH
 */
export function migratePages(tgid: number, from: CpuSet, to: CpuSet): Word {
  const last = Math.max(from.last ?? 0, to.last ?? 0);
  const words = Math.floor(last / 64) + 2;
  const bits = (words - 1) * 64 + 1;
  return checked(
    'migrate_pages',
    migrateCall(
      syscallNumber('migrate_pages'),
      taskId(tgid),
      bits,
      from.toMaskBytes(words * 8),
      to.toMaskBytes(words * 8),
    ),
  );
}
