/** How the kernel should back memory of ours: madvise(2) about huge pages; and where a page lies: get_mempolicy(2). */
import { addressOf, checked, libcFunction } from './libc.ts';
import { syscallNumber } from './syscall-numbers.ts';

const madvise = libcFunction<[bigint, number, number]>(
  'int madvise(void *address, size_t bytes, int advice)',
);
const getMempolicy = libcFunction<[number, Int32Array, null, number, bigint, number]>(
  'long syscall(long number, int *mode, void *nodes, unsigned long bits, void *address, unsigned long flags)',
);

const MADV_HUGEPAGE = 14;
const MADV_NOHUGEPAGE = 15;
/** MPOL_F_NODE with MPOL_F_ADDR: the node of the page at the address, which is brought in if it is not there. */
const NODE_OF_ADDRESS = 3;

/**
 * Asks for huge pages, or for none, before the memory is touched first.
 * @param memory begins and ends on a page
 * @throws KernelError EINVAL where the kernel has no transparent huge pages
 */
export function adviseHugePages(memory: Uint8Array, wanted: boolean): void {
  const advice = wanted ? MADV_HUGEPAGE : MADV_NOHUGEPAGE;
  checked('madvise', madvise(addressOf(memory), memory.byteLength, advice));
}

/** The NUMA node that holds the first byte. @throws KernelError ENOSYS where the kernel has no NUMA */
export function nodeOfMemory(memory: Uint8Array): number {
  const node = new Int32Array(new ArrayBuffer(4));
  const call = getMempolicy(
    syscallNumber('get_mempolicy'),
    node,
    null,
    0,
    addressOf(memory),
    NODE_OF_ADDRESS,
  );
  checked('get_mempolicy', call);
  return node[0] ?? 0;
}
