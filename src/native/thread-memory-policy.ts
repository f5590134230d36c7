/**
 * The memory policy of another thread. set_mempolicy(2) and get_mempolicy(2) know only the calling thread, so the thread
 * makes the calls itself; see ptrace.ts. The nodes go through a page that the thread maps for it and unmaps again.
 */
import { CpuSet } from '../base/cpu-set.ts';
import { nodeMask } from './memory-policy.ts';
import { readProcessMemory, writeProcessMemory } from './process-memory.ts';
import { type Injection, inThread, type StoppedThread } from './ptrace.ts';
import { syscallNumber } from './syscall-numbers.ts';

/** arch/x86/entry/syscalls/syscall_64.tbl; ptrace.ts refuses other architectures. */
const MMAP = 9;
const MUNMAP = 11;
const READ_AND_WRITE = 3;
const PRIVATE_AND_ANONYMOUS = 0x22;
const SCRATCH_BYTES = 4096;
/** The mode lies at the start of the page, the nodes here. */
const NODES_AT = 64;
/** MAX_NUMNODES is 1024 at most, and the kernel counts one more. */
const NODE_BITS = 1025;

export interface ThreadMemoryPolicy {
  /** MPOL_* with its flags. */
  readonly mode: number;
  readonly nodes: CpuSet;
}

/** @throws KernelError as `inThread` */
export function getThreadMemoryPolicy(injection: Injection): ThreadMemoryPolicy {
  return inThread(injection, (thread) =>
    withScratch(thread, (scratch) => readPolicy(thread, injection.tgid, scratch)),
  );
}

/**
 * @returns what the thread has afterwards, read back while it was still stopped
 * @throws KernelError as `inThread`; EINVAL for nodes that are not there or not allowed
 */
export function setThreadMemoryPolicy(injection: Injection, policy: ThreadMemoryPolicy): ThreadMemoryPolicy {
  const { tgid } = injection;
  return inThread(injection, (thread) =>
    withScratch(thread, (scratch) => {
      if (policy.nodes.isEmpty) thread.call(syscallNumber('set_mempolicy'), policy.mode, 0, 0);
      else {
        const { bytes, bits } = nodeMask(policy.nodes);
        writeProcessMemory(tgid, scratch + BigInt(NODES_AT), bytes);
        thread.call(syscallNumber('set_mempolicy'), policy.mode, scratch + BigInt(NODES_AT), bits);
      }
      return readPolicy(thread, tgid, scratch);
    }),
  );
}

function withScratch<T>(thread: StoppedThread, work: (address: bigint) => T): T {
  const address = thread.call(MMAP, 0, SCRATCH_BYTES, READ_AND_WRITE, PRIVATE_AND_ANONYMOUS, -1, 0);
  try {
    return work(address);
  } finally {
    thread.call(MUNMAP, address, SCRATCH_BYTES);
  }
}

function readPolicy(thread: StoppedThread, tgid: number, scratch: bigint): ThreadMemoryPolicy {
  thread.call(syscallNumber('get_mempolicy'), scratch, scratch + BigInt(NODES_AT), NODE_BITS, 0, 0);
  const bytes = readProcessMemory(tgid, scratch, NODES_AT + Math.ceil(NODE_BITS / 64) * 8);
  const mode = new DataView(bytes.buffer).getInt32(0, true);
  return { mode, nodes: CpuSet.fromMaskBytes(bytes.subarray(NODES_AT)) };
}
