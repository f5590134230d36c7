/** What threads want: running, or ready to run. One that is kept from a CPU is no smaller task for that. */
import { isMissing, type Maybe } from '../base/missing.ts';
import type { ThreadWork } from '../model/thread-work.ts';
import { known } from './look.ts';

/** Of one CPU, 0 to 100. */
export function wantedPct({ runPct, runDelayPct }: ThreadWork): number {
  return Math.min(100, known(runPct) + known(runDelayPct));
}

/** The thread that wants most; null where there is none. */
export function busiest(threads: readonly ThreadWork[]): ThreadWork | null {
  return [...threads].sort((a, b) => wantedPct(b) - wantedPct(a))[0] ?? null;
}

/** The first value that is missing; null where all are known. */
export function firstMissing(values: readonly Maybe<number>[]) {
  return values.find(isMissing) ?? null;
}
