/** From which NUMA nodes a thread takes new memory. */
import type { CpuSet } from '../../base/cpu-set.ts';
import type { Setting, Wish } from './setting.ts';

/** As set_mempolicy(2) takes it. The order of the fields is fixed. */
export interface MemoryPolicy {
  /** MPOL_*, without flags; see MEMORY_MODES. */
  readonly mode: number;
  /** MPOL_F_*. */
  readonly flags: number;
  /** The nodes as a list; empty for default and local. */
  readonly nodes: string;
}

/** Names by number, include/uapi/linux/mempolicy.h. */
export const MEMORY_MODES: ReadonlyMap<number, string> = new Map([
  [0, 'default'],
  [1, 'preferred'],
  [2, 'bind'],
  [3, 'interleave'],
  [4, 'local'],
  [5, 'preferred-many'],
  [6, 'weighted-interleave'],
]);

export const memoryPolicy: Setting<MemoryPolicy> = {
  name: 'memoryPolicy',
  label: { en: 'memory', ko: '메모리' },
  disturbs: true,
  read: (controls, process, thread) => controls.getMemoryPolicy(process, thread),
  write: (controls, process, thread, value) => controls.setMemoryPolicy(process, thread, value),
  restore: (controls, process, thread, value) => controls.setMemoryPolicy(process, thread, value),
  text: memoryPolicyText,
  fixed: (thread) => (thread.isFixed ? { en: 'a kernel thread', ko: '커널 스레드입니다' } : null),
};

export function wishMemoryPolicy(policy: MemoryPolicy): Wish<MemoryPolicy> {
  return { setting: memoryPolicy, want: () => policy, label: memoryPolicyText(policy) };
}

/** `bind:0`, `default`. */
export function memoryPolicyText(policy: MemoryPolicy): string {
  const name = MEMORY_MODES.get(policy.mode) ?? `mode ${policy.mode}`;
  return policy.nodes === '' ? name : `${name}:${policy.nodes}`;
}

/** @returns null for text that is none of `default`, `local`, `bind:…`, `preferred:…`, `interleave:…` */
export function memoryMode(name: string): number | null {
  for (const [mode, known] of MEMORY_MODES) if (known === name) return mode;
  return null;
}

/** A policy for these nodes. */
export function policyFor(mode: number, nodes: CpuSet): MemoryPolicy {
  return { mode, flags: 0, nodes: nodes.toKernelList() };
}
