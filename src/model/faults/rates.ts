/** Fault rates of a process over one interval, and which of its limits they pass. */
import { isMissing, type Maybe, mapMaybe } from '../../base/missing.ts';
import { perSec } from '../difference.ts';
import type { ProcessInterval, ThreadInterval } from '../task-interval.ts';

/** What is warned above; strictly above, so a limit of 0 warns of any. */
export interface FaultLimits {
  readonly minorPerSec: number;
  readonly majorPerSec: number;
  /** Of wall time, summed over threads; null where stall is not measured. */
  readonly stallPct: number | null;
}

export const FAULT_MARKS = ['minor', 'major', 'stall'] as const;
export type FaultMark = (typeof FAULT_MARKS)[number];

export interface FaultRates {
  readonly tgid: number;
  /** null for the whole process, threads that ended included. */
  readonly tid: number | null;
  readonly comm: string;
  readonly minorFaults: Maybe<number>;
  readonly majorFaults: Maybe<number>;
  readonly minorPerSec: Maybe<number>;
  readonly majorPerSec: Maybe<number>;
  /** Of children that were waited for in the interval: the kernel adds them at that moment. null for a thread. */
  readonly childMinorFaults: Maybe<number> | null;
  readonly childMajorFaults: Maybe<number> | null;
  /** null where it is not measured. */
  readonly stallNs: number | null;
  readonly stallPct: number | null;
  readonly marks: readonly FaultMark[];
}

/** @param stallNs summed over the threads of the process; null where it is not measured */
export function processRates(
  interval: ProcessInterval,
  elapsedNs: number,
  stallNs: number | null,
  limits: FaultLimits,
): FaultRates {
  const { childMinorFaults, childMajorFaults } = interval;
  return { ...rates(interval, null, elapsedNs, stallNs, limits), childMinorFaults, childMajorFaults };
}

export function threadRates(
  interval: ThreadInterval,
  elapsedNs: number,
  stallNs: number | null,
  limits: FaultLimits,
): FaultRates {
  const own = rates(interval, interval.tid, elapsedNs, stallNs, limits);
  return { ...own, childMinorFaults: null, childMajorFaults: null };
}

function rates(
  { tgid, comm, minorFaults, majorFaults }: ProcessInterval | ThreadInterval,
  tid: number | null,
  elapsedNs: number,
  stallNs: number | null,
  limits: FaultLimits,
): Omit<FaultRates, 'childMinorFaults' | 'childMajorFaults'> {
  const perSecOf = (faults: Maybe<number>) => mapMaybe(faults, (count) => perSec(count, elapsedNs));
  const minorPerSec = perSecOf(minorFaults);
  const majorPerSec = perSecOf(majorFaults);
  const stallPct = stallNs === null ? null : (100 * stallNs) / elapsedNs;
  const isAbove = (value: Maybe<number>, limit: number) => !isMissing(value) && value > limit;
  const passed: Readonly<Record<FaultMark, boolean>> = {
    minor: isAbove(minorPerSec, limits.minorPerSec),
    major: isAbove(majorPerSec, limits.majorPerSec),
    stall: stallPct !== null && limits.stallPct !== null && stallPct > limits.stallPct,
  };
  const marks = FAULT_MARKS.filter((mark) => passed[mark]);
  return { tgid, tid, comm, minorFaults, majorFaults, minorPerSec, majorPerSec, stallNs, stallPct, marks };
}
