/** Silences: incidents that nobody is told of, for a time. They are kept, shown and counted all the same. */
import type { Incident } from './incident.ts';

export interface Silence {
  /** null: any. All that are given must fit. */
  readonly target: string | null;
  readonly rule: string | null;
  /** Wall clock; null: until it is taken out of the configuration. */
  readonly untilUnixMs: number | null;
  readonly because: string;
}

export function isSilenced(incident: Incident, silences: readonly Silence[], unixMs: number): boolean {
  return silences.some(
    ({ target, rule, untilUnixMs }) =>
      (target === null || target === incident.subject.target) &&
      (rule === null || rule === incident.rule) &&
      (untilUnixMs === null || unixMs < untilUnixMs),
  );
}
