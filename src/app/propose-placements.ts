/** What a trial tries where the user names nothing: what the strategies propose for what was just measured. */
import type { Host } from '../host/host.ts';
import type { Proposal } from '../placement/proposal.ts';
import { proposeAll } from '../placement/propose-all.ts';
import type { Goal } from '../placement/strategy.ts';
import type { Clock } from './clock.ts';
import type { FoundTarget } from './find-targets.ts';
import { measureWork } from './measure-work.ts';
import { readSituation } from './read-situation.ts';

export interface ProposalRequest {
  readonly target: FoundTarget;
  /** null for any. */
  readonly goal: Goal | null;
  readonly signal: AbortSignal;
}

/** How long the target is looked at: some hundred ticks, or a load that changes within seconds. */
export const LOOK_NS = 5e9;
const EVERY_NS = 200e6;

/**
 * What could be won back most comes first; where nothing measured says, the order of the strategies stands.
 * @throws KeelError as measureWork does
 */
export async function proposePlacements(
  host: Host,
  clock: Clock,
  { target, goal, signal }: ProposalRequest,
): Promise<readonly Proposal[]> {
  const measured = await measureWork({ host, moments: [] }, clock, {
    target: { ...target, tid: null },
    durationNs: LOOK_NS,
    everyNs: EVERY_NS,
    signal,
  });
  const { proposals } = proposeAll(readSituation(measured), goal);
  return proposals
    .filter(({ moves, groups }) => moves.length + groups.length > 0)
    .toSorted((a, b) => (b.upToPct ?? 0) - (a.upToPct ?? 0));
}
