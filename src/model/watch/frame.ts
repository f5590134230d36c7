/**
 * One interval of watched processes, as a screen, an alert or a history needs it. It is plain data: live, recorded and
 * replayed frames are the same values, and all rates are made from its counts and its measured `elapsedNs`.
 */
import type { Maybe } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import type { Activity, Counters } from '../activity.ts';
import type { CpuDistance } from '../cpu-distance.ts';
import type { PressurePct } from '../interval.ts';
import type { Distribution } from './distribution.ts';
import type { FrameMoments } from './late-moments.ts';

export interface WatchFrame {
  /** CLOCK_MONOTONIC at the end of the interval. */
  readonly monotonicNs: bigint;
  /** The wall clock at the end, which may jump; null for a captured machine. */
  readonly unixMs: number | null;
  readonly elapsedNs: number;
  /** Intervals that were skipped because keel was not run in time. */
  readonly skippedIntervals: number;
  readonly machine: MachineFrame;
  /** Those that could be read at the end of the interval. */
  readonly targets: readonly TargetFrame[];
  readonly ended: readonly TargetIdentity[];
  /** What the rules say; missing where they did not look. */
  readonly judgement: Maybe<Judgement>;
  /** What keel itself changed on this machine since it was started, the newest first; missing where nobody looked. */
  readonly changes: Maybe<readonly FrameChange[]>;
  /** How the threads were read. */
  readonly obtainedBy: 'bpf' | 'proc';
  /** Run time of keel itself in the interval; null for a captured machine. */
  readonly ownRunNs: number | null;
}

/** Ids are reused: a process is its id together with its start. */
export interface TargetIdentity {
  readonly tgid: number;
  /** Clock ticks after boot. */
  readonly startTicks: bigint;
  readonly comm: string;
}

export interface TargetFrame extends TargetIdentity {
  /** The systemd unit, where there is one. */
  readonly unit: string | null;
  /** Sums of the process, and its run time by CPU. */
  readonly activity: Activity;
  readonly swapBytes: Maybe<number>;
  readonly lockedBytes: Maybe<number>;
  readonly threads: readonly ThreadFrame[];
  readonly moves: Moves;
  /** Single waits for a CPU, counted in the kernel; missing where it does not let us. */
  readonly runDelays: Maybe<Distribution>;
  /** Single page faults, counted in the kernel; missing where it does not let us. */
  readonly faultStalls: Maybe<Distribution>;
  /** Single long ones of both; missing where the kernel does not let us. */
  readonly lateMoments: Maybe<FrameMoments>;
}

export interface ThreadFrame extends Counters {
  readonly tid: number;
  readonly comm: string;
  /** Where it is, or was last, at the end of the interval. */
  readonly cpu: number;
  readonly state: string;
  /** As taskset and chrt call them: other, fifo, ... */
  readonly policy: string;
  readonly nice: number;
  readonly realtimePriority: number;
  readonly born: boolean;
  /** Time that page faults held it. */
  readonly faultStallNs: Maybe<number>;
  /** CPUs it may run on, as a list of the kernel: `0-3,8`. */
  readonly affinity: Maybe<string>;
}

/** A change of the journal. */
export interface FrameChange {
  /** `c-17` */
  readonly id: string;
  /** As it was asked for: `pin arena core:6`. */
  readonly command: string;
  readonly state: 'active' | 'undone' | 'refused' | 'done' | 'forgotten';
  /** Wall clock. */
  readonly unixMs: number;
  /** When it was put back, or was done; null while it is active, and where that is not known. */
  readonly endedUnixMs: number | null;
}

/**
 * Migrations by how far they went. The kernel counts them without saying from where: the way of a thread that moved once
 * is certain from its CPUs before and after; the ways of one that moved more often are not.
 */
export interface Moves {
  readonly byDistance: Readonly<Partial<Record<CpuDistance, number>>>;
  /** Counted by the kernel, their ways not seen. */
  readonly unseen: number;
}

export interface MachineFrame {
  /** By online CPU, ascending. Shares of the interval, 0 to 100. */
  readonly cpus: Maybe<readonly CpuFrame[]>;
  readonly pressurePct: Readonly<Record<'cpu' | 'memory' | 'io', PressurePct>>;
  readonly memory: Maybe<{ readonly totalBytes: number | null; readonly availableBytes: number | null }>;
  /** Differences of the counters of /proc/vmstat that tell of memory trouble. */
  readonly vmstat: Maybe<Readonly<Partial<Record<WatchedCounter, number>>>>;
}

export interface CpuFrame {
  readonly cpu: number;
  /** Not idle and not waiting for storage; the hypervisor's part is in it. */
  readonly busyPct: number;
  readonly stealPct: number;
}

/** A name that this kernel lacks is left out. See Documentation/admin-guide/cgroup-v2.rst for what they count. */
export const WATCHED_COUNTERS = [
  'pswpin',
  'pswpout',
  'pgmajfault',
  'workingset_refault_anon',
  'workingset_refault_file',
  'compact_stall',
  'oom_kill',
] as const;
export type WatchedCounter = (typeof WATCHED_COUNTERS)[number];

/** What the rules said last. They look less often than frames come, and over a longer time. */
export interface Judgement {
  /** CLOCK_MONOTONIC at the end of the window they looked at. */
  readonly monotonicNs: bigint;
  readonly windowNs: number;
  /** The heaviest first. */
  readonly findings: readonly FrameFinding[];
}

/** A finding of diagnosis/finding.ts without what speaks against it. */
export interface FrameFinding {
  readonly rule: string;
  readonly mark: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly subject: { readonly tgid: number; readonly tid: number | null; readonly comm: string } | null;
  readonly verdict: Sentence;
  readonly summary: Sentence;
  readonly evidence: readonly {
    readonly text: Sentence;
    readonly value: number;
    readonly unit: string;
    readonly source: string;
  }[];
  readonly remedies: readonly {
    readonly text: Sentence;
    readonly command: string | null;
    readonly undo: string | null;
  }[];
  readonly weightRatio: number;
  readonly isEstimate: boolean;
}
