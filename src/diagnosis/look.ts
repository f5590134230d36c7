/** What rules have in common: whom they look at, and how they say shares and names. */
import { type Gap, hintFor, isMissing, type Maybe, type Missing, missing } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { MemoryLimitUse } from '../model/memory-limits.ts';
import type { ProcessInterval } from '../model/task-interval.ts';
import { type Evidence, evidence, type RuleResult, type Window } from './finding.ts';

/** The processes a finding may be about: the target, or all but keel and the kernel's own threads. */
export function subjectsOf(window: Window): readonly ProcessInterval[] {
  return window.interval.processes.filter((process) => {
    if (process.tgid === window.ownTgid) return false;
    return window.target === null ? !process.isKernelThread : window.target.has(process.tgid);
  });
}

/** The value, or 0 where it is missing: for ranking and sums of what is known. */
export function known(value: Maybe<number>): number {
  return isMissing(value) ? 0 : value;
}

/** A share of the window in per cent, 0 to 100 and more. */
export function pctOfWindow(ns: number, window: Window): number {
  return (ns / window.interval.elapsedNs) * 100;
}

/**
 * A machine-wide cause concerns one target less surely than a cause found in its own threads; half is a convention
 * that keeps it behind those.
 */
export function machineRank(ratio: number, window: Window): number {
  return window.target === null ? ratio : ratio / 2;
}

/** `zstd 9901`, with its unit where known: `zstd 9901 (backup.service)`. */
export function nameOf(process: { readonly tgid: number; readonly comm: string }, window: Window): string {
  const unit = window.units.get(process.tgid);
  return `${process.comm} ${process.tgid}${unit === undefined ? '' : ` (${unit})`}`;
}

export function gapOf(field: string, { missing, path, detail }: Missing): Gap {
  const hint = hintFor(missing).en;
  return { field, path, reason: missing, hint: detail === undefined ? hint : `${hint} (${detail})` };
}

/** The answer of a rule that could not look. */
export function cannotKnow(field: string, value: Missing): RuleResult {
  return { findings: [], closest: null, gaps: [gapOf(field, value)] };
}

/** The sum of the counters of /proc/vmstat whose names match; null where none does, or vmstat is missing. */
export function vmstatSum(window: Window, names: RegExp): number | null {
  const { vmstat } = window.interval.machine;
  if (isMissing(vmstat)) return null;
  const counts = [...vmstat].filter(([name]) => names.test(name)).map(([, count]) => count);
  return counts.length === 0 ? null : counts.reduce((total, count) => total + count, 0);
}

const VMSTAT_SOURCE = '/proc/vmstat';

/** The same as evidence; none where there is no such counter. */
export function vmstatEvidence(window: Window, names: RegExp, text: Sentence, unit: string): Evidence[] {
  const count = vmstatSum(window, names);
  return count === null ? [] : [evidence(text, count, unit, VMSTAT_SOURCE)];
}

/** The limited cgroup that met its limit most often, of those the process is in; null where there is none. */
export function groupOf(
  { tgid }: { readonly tgid: number },
  { memoryLimits }: Window,
): MemoryLimitUse | null {
  if (isMissing(memoryLimits)) return null;
  const [most] = memoryLimits
    .filter((group) => group.tgids.includes(tgid))
    .sort((a, b) => known(b.hits) - known(a.hits));
  return most ?? null;
}

/** The answer of a rule about processes where there is none to look at; null where there is. */
export function noSubjects(window: Window): RuleResult | null {
  if (subjectsOf(window).length > 0) return null;
  return cannotKnow('processes', missing(window.target === null ? 'not-captured' : 'gone', 'processes'));
}
