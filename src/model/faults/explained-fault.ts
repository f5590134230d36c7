/** A served fault with what it was for: what recordings keep and summaries add up. */
import type { FaultCause } from './cause.ts';
import type { Place } from './places.ts';

export interface ExplainedFault {
  readonly kind: 'minor' | 'major';
  readonly tgid: number;
  readonly tid: number;
  readonly cpu: number;
  /** Begin, after the start of the recording. */
  readonly timeNs: number;
  /** From the begin of the fault to its completion: what the thread was held for. */
  readonly latencyNs: number;
  readonly address: number;
  readonly pageBytes: number | null;
  /** The memory node of the page, as homeOf of page-nodes.ts; UNKNOWN_HOME where it is not known. */
  readonly home: number;
  readonly place: Place;
  /** In the file of the place; null for memory. */
  readonly fileOffset: number | null;
  readonly cause: FaultCause;
  /** In the table of stacks that belongs to the recording; NO_STACK where the code is not known. */
  readonly stack: number;
}
