/** A source of late events, whichever way it gets them: what watching needs of it. */
import type { Maybe } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import type { LateEvent } from '../model/late/events.ts';
import type { LateSource } from '../model/late/watched.ts';
import type { TimeBase } from '../perf/time-base.ts';
import type { LateFaultCounts } from './assemble-late-events.ts';
import type { LateLookups } from './decode-late-events.ts';
import type { LateScope } from './late-events.ts';

export interface LateFeed extends Disposable {
  readonly obtainedBy: Exclude<LateSource, 'proc'>;
  /** Records that found no room in a ring. */
  readonly lost: number;
  /**
   * Hands on the events up to a time, in order.
   * @param limitNs after the time base, taken before any ring is read: what is older has arrived in all of them
   * @returns the share of the fullest ring that was in use
   */
  drain(limitNs: number, each: (event: LateEvent) => void): number;
  /** Since it was opened, up to the last drain or the end. */
  counts(): LateFaultCounts;
  /**
   * Nothing is told from here on: hands on the rest, up to a time.
   * @param tids threads of the target, of which something may be kept
   */
  finish(limitNs: number, tids: readonly number[], each: (event: LateEvent) => void): void;
}

/**
 * Events come from here on.
 * @returns missing where this kernel or user has no such source
 * @throws KeelError E_GONE where the target has ended
 */
export type OpenLateFeed = (
  host: Host,
  scope: LateScope,
  base: TimeBase,
  lookups: LateLookups,
) => Maybe<LateFeed>;
