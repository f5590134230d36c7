/** The fault that held a process longest while somebody looked: what it was for, and the code that it interrupted. */
import type { IncidentFinding } from '../alerts/incident.ts';
import type { Clock } from '../app/clock.ts';
import type { FoundTarget } from '../app/find-targets.ts';
import { type FollowedFault, followFaults } from '../app/follow-faults.ts';
import { slowFaultEvent } from '../app/slow-fault-events.ts';
import type { Host } from '../host/host.ts';
import { frameLabel } from '../model/stacks/names.ts';

/** Of a stack, the innermost. */
const MOST_FRAMES = 12;
/** Those that held longest: of a storm the others are of no interest here. */
const MOST_FAULTS = 64;

/** The slowest of those over the limit, the slowest first. @throws KeelError where the kernel does not let this user see them */
export async function collectSlowFaults(
  host: Host,
  clock: Clock,
  plan: {
    readonly target: FoundTarget;
    readonly durationNs: number;
    readonly overNs: number;
    readonly signal: AbortSignal;
  },
): Promise<readonly FollowedFault[]> {
  const { target, overNs, ...until } = plan;
  const filter = { overNs, majorOnly: false };
  let slowest: readonly FollowedFault[] = [];
  const followed = followFaults(host, clock, { ...until, targets: [target], filter, callchains: true });
  for await (const step of followed) {
    if (step.kind !== 'batch' || step.faults.length === 0) continue;
    slowest = [...slowest, ...step.faults].sort((a, b) => b.latencyNs - a.latencyNs).slice(0, MOST_FAULTS);
  }
  return slowest;
}

/** @param faults the slowest first. null of none */
export function worstFaultFinding([worst]: readonly FollowedFault[]): IncidentFinding | null {
  if (worst === undefined) return null;
  const { text } = slowFaultEvent(worst, worst.unixMs);
  return { rule: 'worst-fault', summary: text, evidence: [], stack: stackOf(worst) };
}

export function stackOf({ frames }: FollowedFault): readonly string[] {
  return frames.slice(0, MOST_FRAMES).map(frameLabel);
}
