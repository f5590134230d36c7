/** What a thread has that nobody touched. */
import type { MemoryPolicy } from '../settings/memory-policy.ts';
import type { Scheduling } from '../settings/scheduling.ts';

export const OTHER: Scheduling = {
  policy: 0,
  flags: 0,
  nice: 0,
  realtimePriority: 0,
  runtimeNs: 0,
  deadlineNs: 0,
  periodNs: 0,
};
export const DEFAULT_MEMORY: MemoryPolicy = { mode: 0, flags: 0, nodes: '' };
