/** The moment in which a process was latest while somebody looked: what it waited for, and the code where a fault was in it. */
import type { IncidentFinding } from '../alerts/incident.ts';
import type { FollowedFault } from '../app/follow-faults.ts';
import { lateMomentEvent } from '../app/late-moment-events.ts';
import { isLate } from '../model/late/causes.ts';
import type { LateMoment, MomentShare } from '../model/late/moments.ts';
import type { WatchedLate } from '../model/late/watched.ts';
import { stackOf } from './worst-fault.ts';

/** @param faults the slowest first. null where no moment was late */
export function worstMomentFinding(
  { summary, target, startedNs, startedUnixMs }: WatchedLate,
  faults: readonly FollowedFault[],
): IncidentFinding | null {
  const worst = summary.kept.reduce<LateMoment | null>(
    (latest, one) => (one.lateNs > (latest?.lateNs ?? 0) ? one : latest),
    null,
  );
  if (worst === null) return null;
  const { tid, fromNs, toNs } = worst;
  const comm = summary.threads.find(({ task }) => task.tid === tid)?.task.comm ?? target.comm;
  const monotonicNs = startedNs + BigInt(Math.round(fromNs));
  const moment = { ...worst, comm, shares: sharesOf(worst), monotonicNs };
  const { text } = lateMomentEvent(moment, target.tgid, startedUnixMs + fromNs / 1e6);
  const within = (fault: FollowedFault) => {
    const atNs = Number(fault.monotonicNs - startedNs);
    return fault.tid === tid && atNs >= fromNs && atNs < toNs;
  };
  const fault = faults.find(within);
  return {
    rule: 'worst-moment',
    summary: text,
    evidence: [],
    ...(fault === undefined ? {} : { stack: stackOf(fault) }),
  };
}

/** Of the parts that were kept. */
function sharesOf({ parts }: LateMoment): readonly MomentShare[] {
  return parts.flatMap(({ label, by, lengthNs }) =>
    isLate(label) ? [{ cause: label, by, lateNs: lengthNs }] : [],
  );
}
