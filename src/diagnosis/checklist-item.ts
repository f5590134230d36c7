/** The checklist for page faults: what a machine should have before memory makes it slow. Each item is one question. */

import type { Maybe } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { SwapUse } from '../model/swap-use.ts';
import type { Evidence, Window } from './finding.ts';

export const STATUSES = ['pass', 'fail', 'unknown'] as const;
export type Status = (typeof STATUSES)[number];

/** What the items look at, beside a window. */
export interface ChecklistFacts {
  readonly window: Window;
  readonly memTotalBytes: Maybe<number>;
  /** Each area, compressed memory (zram) among them. */
  readonly swaps: Maybe<readonly SwapUse[]>;
  readonly zswap: Maybe<boolean>;
  readonly nodes: number;
  /** A keel agent keeps watch here. */
  readonly agent: Maybe<boolean>;
  /** Of the target, or where there is none of keel itself: as whoever asks. */
  readonly process: Maybe<{
    readonly rssBytes: number | null;
    readonly lockSoftBytes: bigint | 'unlimited';
    /** CAP_IPC_LOCK: the limit does not bind it; null where its capabilities are not told. */
    readonly isExempt: boolean | null;
    /** Nodes that it may take memory from. */
    readonly memoryNodes: number | null;
  }>;
}

export interface Checked {
  readonly status: Status;
  /** What was found, in a few words. */
  readonly found: Sentence;
  readonly evidence: readonly Evidence[];
  /** What to do about a fail; null where there is nothing. */
  readonly advice: Sentence | null;
}

export interface ChecklistItem {
  readonly id: string;
  readonly question: Sentence;
  /** Pure. */
  readonly check: (facts: ChecklistFacts) => Checked;
}

export function notKnown(why: Sentence): Checked {
  return { status: 'unknown', found: why, evidence: [], advice: null };
}

export const UNREAD: Sentence = { en: 'could not be read', ko: '읽을 수 없음' };
