/**
 * A placement that could be tried: what it would change, why, and at whose cost. Plain data: strategies make proposals,
 * `recommend` shows them, trials judge them, and actions make them so.
 */
import type { CpuSet } from '../base/cpu-set.ts';
import type { Sentence } from '../base/sentence.ts';

/**
 * Threads of one process, and what they should get; what is null stays as it is. Where several moves are about one
 * process, a thread that one of them names by its id is not among the 'all' of another.
 */
export interface Move {
  readonly tgid: number;
  readonly comm: string;
  /** All threads of the process, those born later included, or these. */
  readonly threads: 'all' | readonly number[];
  readonly cpus: CpuSet | null;
  /** Everywhere but there: of what each thread has, the rest; who has nothing else stays. Not together with `cpus`. */
  readonly away?: CpuSet;
  readonly scheduling: SchedulingMove | null;
  readonly memory: MemoryMove | null;
}

export interface SchedulingMove {
  readonly policy: 'other' | 'batch' | 'idle' | null;
  /** -20 to 19. */
  readonly nice: number | null;
  /** 100 µs to 100 ms; 0 is the kernel's default. */
  readonly sliceNs: number | null;
}

export interface MemoryMove {
  readonly mode: 'bind' | 'preferred' | 'interleave';
  readonly nodes: CpuSet;
  /** Pages that lie elsewhere are moved there: slow, and dear while it lasts. */
  readonly migrate: boolean;
}

/**
 * What is set of a group of tasks rather than of threads. The scheduler first shares the CPU between groups and then
 * inside each: neither nice nor the idle class of a thread counts against a thread of another group.
 */
export type GroupMove =
  /** CPU time in CPUs that a cgroup may use: cpu.max, CPUQuota=. */
  | { readonly kind: 'quota'; readonly cgroup: string; readonly fromCpus: number; readonly toCpus: number }
  /** Every other group comes first: cpu.idle, CPUWeight=idle. */
  | { readonly kind: 'idle-cgroup'; readonly cgroup: string; readonly unit: string | null }
  /** -20 to 19, of the session that a process belongs to: /proc/PID/autogroup. */
  | {
      readonly kind: 'autogroup';
      /** "autogroup-143". */
      readonly session: string;
      readonly tgid: number;
      readonly comm: string;
      readonly nice: number;
    };

export interface Proposal {
  /** The id of the strategy that made it. */
  readonly strategy: string;
  /** Unique in a list, and short enough for a table: `core:6`, `tick:12`, `idle:backup.service`. */
  readonly name: string;
  /** What it does: "pin every thread to llc:1". */
  readonly summary: Sentence;
  readonly moves: readonly Move[];
  readonly groups: readonly GroupMove[];
  readonly why: Sentence;
  readonly expectedGain: Sentence;
  /** Share of the window that it could win back at most, 0 to 100; null where nothing measured says. */
  readonly upToPct: number | null;
  /** What others lose by it. */
  readonly risk: Sentence;
  /** Acts in seconds rather than at once: another node, pages that move. Trials give it longer blocks. */
  readonly isSlow: boolean;
}
