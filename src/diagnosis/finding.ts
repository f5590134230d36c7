/** What a rule sees, and what it says: always with evidence, never as a shell line alone. */

import type { Gap, Maybe } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { WatchedStalls } from '../model/faults/stalls.ts';
import type { Interval } from '../model/interval.ts';
import type { WatchedLate } from '../model/late/watched.ts';
import type { MemoryLimitUse, ProcessMemory } from '../model/memory-limits.ts';
import type { SwapUse } from '../model/swap-use.ts';
import type { GroupThrottling } from '../model/throttling.ts';
import type { MemoryWork } from '../model/waits/memory-work.ts';
import type { SampledWaits } from '../model/waits/sampled-waits.ts';
import type { RemedyAction } from './remedy-action.ts';

/** Intervals a rule sees, and what stands still meanwhile. */
export interface Window {
  readonly interval: Interval;
  readonly onlineCpus: number;
  /** The processes asked about; null when the whole machine was. */
  readonly target: ReadonlySet<number> | null;
  /** keel's own process: it is not reported; what it costs is told beside the findings. */
  readonly ownTgid: number | null;
  /** Systemd units of processes, as far as known. */
  readonly units: ReadonlyMap<number, string>;
  /** Cgroups with a CPU quota. */
  readonly throttling: Maybe<readonly GroupThrottling[]>;
  /** Cgroups with a memory limit. */
  readonly memoryLimits: Maybe<readonly MemoryLimitUse[]>;
  /** Of targets, of processes with major faults in the window, and, where any memory is locked, of all. */
  readonly memory: ReadonlyMap<number, ProcessMemory>;
  /** Where memory is swapped to, at the end. */
  readonly swaps: Maybe<readonly SwapUse[]>;
  /** Measured page faults of the target; null where the whole machine was asked about. */
  readonly stalls: Maybe<WatchedStalls> | null;
  /** Where the threads of the target waited, by looking again and again; null as above. */
  readonly waits: Maybe<SampledWaits> | null;
  /** Work on memory that held threads of the target; null as above. */
  readonly memoryWork: Maybe<MemoryWork> | null;
  /** How old each target was when the window opened. */
  readonly agesNs: ReadonlyMap<number, number>;
  /** Late moments of the target; null where they were not asked for, or it is not one process. */
  readonly late: Maybe<WatchedLate> | null;
}

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Subject {
  readonly tgid: number;
  readonly tid: number | null;
  readonly comm: string;
}

export interface Evidence {
  readonly text: Sentence;
  readonly value: number;
  /** Unit of the value, as names end: Ns, Pct, PerSec, Bytes, or a plural noun for counts. */
  readonly unit: string;
  /** Where the number comes from, such as "/proc/PID/schedstat". */
  readonly source: string;
}

/** What a rule watches, at its highest in the window, and the limit from which it speaks. */
export interface Measure extends Evidence {
  readonly limit: number;
}

export interface Remedy {
  readonly text: Sentence;
  readonly command: string | null;
  readonly undo: string | null;
  /** What `why --prove` can try and take back; absent where a person has to act. */
  readonly action?: RemedyAction;
}

/** The letter of a cause, the same on every screen; see docs/commands/why.md. */
export type CauseMark = 'T' | 'Q' | 'M' | 'F' | 'L' | 'I' | 'H';

export interface Finding {
  /** The id of the rule. */
  readonly rule: string;
  readonly mark: CauseMark;
  readonly severity: Severity;
  /** null for the machine as a whole. */
  readonly subject: Subject | null;
  /** The answer in a few words, for the first line: in English in capitals, names apart. */
  readonly verdict: Sentence;
  readonly summary: Sentence;
  readonly evidence: readonly Evidence[];
  /** What speaks against it; what other causes were ruled out is added by `diagnose`. */
  readonly against: readonly Evidence[];
  readonly remedies: readonly Remedy[];
  /** Share of the window in which the subject was held up, 0 to 1. */
  readonly weightRatio: number;
  /** What findings are ranked by: the share, less where another finding says more about the same. */
  readonly rankRatio: number;
  /** The share is an upper bound, made of a count and the most that one of them usually costs. */
  readonly isEstimate: boolean;
}

/** What a rule answers. */
export interface RuleResult {
  readonly findings: readonly Finding[];
  /** How close it came; null where it could not look. */
  readonly closest: Measure | null;
  /** What it would have needed. */
  readonly gaps: readonly Gap[];
}

export interface Rule {
  readonly id: string;
  /** What it looks for, in one sentence. */
  readonly looksFor: Sentence;
  /** Pure. */
  readonly check: (window: Window) => RuleResult;
}

export function evidence(text: Sentence, value: number, unit: string, source: string): Evidence {
  return { text, value, unit, source };
}

/** 1 % of the time is where waiting begins to show: 10 ms in each second. */
export const NOTABLE_RATIO = 0.01;
/** Held up for a quarter of the time, a thread would be a third faster without. */
const CRITICAL_RATIO = 0.25;
const WARNING_RATIO = 0.05;

export function severityOf(ratio: number): Severity {
  if (ratio >= CRITICAL_RATIO) return 'critical';
  return ratio >= WARNING_RATIO ? 'warning' : 'info';
}
