/** What a classifier sees and says: one kind of work, with the numbers for and against it. */
import type { Gap, Maybe } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { ThreadWork } from '../model/thread-work.ts';
import type { WorkloadClass } from '../model/workload.ts';
import type { Measure } from './finding.ts';

/** One process over a measured time, and what limits it. */
export interface ProcessWork {
  readonly tgid: number;
  readonly comm: string;
  readonly elapsedNs: number;
  /** How many intervals it was cut into. */
  readonly intervals: number;
  /** The one that ran most first. */
  readonly threads: readonly ThreadWork[];
  /** CPUs that its threads may use together. */
  readonly usableCpus: number;
  /** Of the quota that stopped it most; null where it has none. */
  readonly throttling: Maybe<{ readonly cpus: number; readonly stoppedPct: Maybe<number> } | null>;
  /** Time that page faults held its threads, of the window; may pass 100 where several were held. */
  readonly faultStallPct: Maybe<number>;
  readonly storage: Maybe<{ readonly readBytesPerSec: number; readonly writtenBytesPerSec: number }>;
  readonly cacheMisses: Maybe<CacheMisses>;
}

export interface CacheMisses {
  readonly misses: number;
  readonly instructions: number;
}

export interface Judgement {
  readonly fits: boolean;
  /** What it rests on, each with its limit, the deciding one first. Empty where it could not look. */
  readonly measures: readonly Measure[];
  /** Why it could not look. */
  readonly gap: Gap | null;
  /** What is special here, in one sentence; null where the measures say all. */
  readonly detail: Sentence | null;
  /** More readings would decide: how long to look, in nanoseconds. */
  readonly neededNs: number | null;
}

export interface Classifier {
  readonly id: WorkloadClass;
  /** For the first line: in English in capitals. */
  readonly name: Sentence;
  /** Pure. */
  readonly judge: (work: ProcessWork) => Judgement;
}

export function judged(
  fits: boolean,
  measures: readonly Measure[],
  detail: Sentence | null = null,
): Judgement {
  return { fits, measures, gap: null, detail, neededNs: null };
}

export function cannotJudge(gap: Gap): Judgement {
  return { fits: false, measures: [], gap, detail: null, neededNs: null };
}
