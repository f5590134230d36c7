/** Every thread of the machine at one moment, whichever way it was read. */
import type { Missing } from '../base/missing.ts';
import type { TaskRecord } from '../bpf/task-records.ts';

/** One thread as the kernel holds it; its identity is the id together with the start time. */
export type SweptThread = TaskRecord;

/** Best first: a sweep is made by the first that this machine and this user allow. */
export const SWEEP_SOURCES = ['bpf', 'proc'] as const;
export type SweepSource = (typeof SWEEP_SOURCES)[number];

export interface TaskSweep {
  readonly obtainedBy: SweepSource;
  /** Why not by the better way; null where this is the best, or was asked for. */
  readonly because: Missing | null;
  /** CLOCK_MONOTONIC when the reading began. */
  readonly monotonicNs: bigint;
  /** In the order of their ids where BPF read them; those of processes that only /proc shows come last. */
  readonly threads: readonly SweptThread[];
}
