/** What sinks carry: the incidents of one group, as they stand at one moment. */
import type { Severity } from '../diagnosis/finding.ts';
import type { Incident } from './incident.ts';

/**
 * - `new`: the group had nothing to tell before
 * - `more`: something new in it: another rule, another process, or one that got more severe
 * - `repeat`: it still goes on
 * - `resolved`: nothing of it fires any more
 * - `test`: somebody asked for it
 */
export type NotificationReason = 'new' | 'more' | 'repeat' | 'resolved' | 'test';

export interface Notification {
  /** Unique on this host: a receiver that gets it twice may drop the second. */
  readonly id: string;
  readonly host: string;
  /** The same for as long as the group has incidents: what receivers join messages by. */
  readonly group: string;
  readonly reason: NotificationReason;
  /** The highest of what fires; of what is over, the highest it was. */
  readonly severity: Severity;
  readonly unixMs: number;
  /** Firing, the most severe first; at most so many as a person reads. */
  readonly firing: readonly Incident[];
  /** Over since the last notification of the group. */
  readonly resolved: readonly Incident[];
  /** Incidents that are not listed. */
  readonly omitted: number;
  /** Where the host tells more; null where it has no address. */
  readonly link: string | null;
}
