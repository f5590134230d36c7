/** One cause, one message: while a signal fires that says more about the same, the lesser one is not told of. */
import type { Incident } from './incident.ts';
import { signalOf } from './signals/index.ts';

/** Those of `incidents` that another one of them makes needless. */
export function inhibited(incidents: readonly Incident[]): ReadonlySet<string> {
  const firing = new Set(incidents.map((incident) => keyOf(incident.subject.key, incident.signal)));
  return new Set(
    incidents
      .filter((incident) =>
        signalOf(incident.signal)?.inhibitedBy.some((by) => firing.has(keyOf(incident.subject.key, by))),
      )
      .map((incident) => incident.id),
  );
}

function keyOf(subject: string, signal: string): string {
  return `${subject}\n${signal}`;
}
