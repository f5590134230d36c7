/** Late moments of the last seconds before the shown frame: for the panel and for the list. */
import { isMissing, type Maybe } from '../../base/missing.ts';
import type { FrameMoment } from '../../model/watch/late-moments.ts';
import { type Shown, targetIn } from './state.ts';

export const MOMENTS_NS = 30e9;

export interface RecentMoments {
  /** CLOCK_MONOTONIC at the end of the shown frame. */
  readonly endNs: bigint;
  /** What the frames hold together, at most MOMENTS_NS; at least one frame. */
  readonly spanNs: number;
  readonly overNs: number;
  /** Also those that were too many to be kept. */
  readonly events: number;
  readonly kept: readonly FrameMoment[];
}

/** Missing as in the shown frame. */
export function recentMoments({ past, target, entry }: Shown): Maybe<RecentMoments> {
  const now = target.lateMoments;
  if (isMissing(now)) return now;
  let [spanNs, events] = [0, 0];
  const kept: FrameMoment[] = [];
  for (const { frame } of past.toReversed()) {
    if (spanNs > 0 && spanNs + frame.elapsedNs > MOMENTS_NS) break;
    spanNs += frame.elapsedNs;
    const then = targetIn(frame, target.tgid)?.lateMoments;
    if (then === undefined || isMissing(then)) continue;
    events += then.events;
    kept.push(...then.kept);
  }
  return { endNs: entry.frame.monotonicNs, spanNs, overNs: now.overNs, events, kept };
}
