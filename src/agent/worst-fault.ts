/** The fault that held a process longest while somebody looked: what it was for, and the code that it interrupted. */
import type { IncidentFinding } from '../alerts/incident.ts';
import type { Clock } from '../app/clock.ts';
import type { FoundTarget } from '../app/find-targets.ts';
import { type FollowedFault, followFaults } from '../app/follow-faults.ts';
import { slowFaultEvent } from '../app/slow-fault-events.ts';
import { KeelError } from '../base/errors.ts';
import type { Host } from '../host/host.ts';
import { frameLabel } from '../model/stacks/names.ts';

/** Shorter ones are the many that a rule counts, and none of them is the worst. */
const OVER_NS = 10_000;
/** Of a stack, the innermost. */
const MOST_FRAMES = 12;

/** null where there was none, or the kernel does not let this user see them. */
export async function findWorstFault(
  host: Host,
  clock: Clock,
  plan: { readonly target: FoundTarget; readonly durationNs: number; readonly signal: AbortSignal },
): Promise<IncidentFinding | null> {
  const { target, durationNs, signal } = plan;
  const filter = { overNs: OVER_NS, majorOnly: false };
  let worst: FollowedFault | null = null;
  try {
    const followed = followFaults(host, clock, {
      targets: [target],
      filter,
      durationNs,
      signal,
      callchains: true,
    });
    for await (const step of followed) {
      if (step.kind !== 'batch') continue;
      for (const fault of step.faults) if (fault.latencyNs > (worst?.latencyNs ?? 0)) worst = fault;
    }
  } catch (error) {
    if (!(error instanceof KeelError)) throw error;
  }
  return worst === null ? null : findingOf(worst);
}

function findingOf(fault: FollowedFault): IncidentFinding {
  return {
    rule: 'worst-fault',
    summary: slowFaultEvent(fault, fault.unixMs).text,
    evidence: [],
    stack: fault.frames.slice(0, MOST_FRAMES).map(frameLabel),
  };
}
