/** All there is to say about a trial that has ended, as data; texts and documents are made of it. */

import type { Sentence } from '../base/sentence.ts';
import type { Proposal } from '../placement/proposal.ts';
import type { NoiseSummary } from './noise.ts';
import type { Objective } from './objective.ts';
import type { RaceDesign, RaceResult, RoundRecord } from './race.ts';
import type { BlockTiming } from './rules.ts';
import type { Watched } from './watched.ts';

/** A candidate that was left out before the race began. */
export interface Skipped {
  readonly name: string;
  readonly because: Sentence;
}

export interface TrialReport {
  readonly target: { readonly tgid: number; readonly comm: string };
  /** null where a probe judged. */
  readonly watched: Watched | null;
  readonly goal: string;
  readonly objective: Objective;
  readonly design: RaceDesign;
  readonly timing: BlockTiming;
  /** In the order of the design: the first is arm 1. */
  readonly proposals: readonly Proposal[];
  readonly skipped: readonly Skipped[];
  readonly rounds: readonly RoundRecord[];
  readonly result: RaceResult;
  /** Values of the baseline's blocks. */
  readonly baseline: readonly number[];
  readonly noise: NoiseSummary;
  /** Placements that were set on the way, all of them undone and read back. */
  readonly switches: number;
  /** The change of the trial itself, undone. */
  readonly trialChange: string;
  /** The change that was kept; null where nothing was. */
  readonly keptChange: string | null;
  /** Why the guards saw less than they should; null where they saw all. */
  readonly unseenOthers: string | null;
  /** Of the watch after keeping. */
  readonly afterwards: Afterwards | null;
}

export interface Afterwards {
  readonly watchedNs: number;
  readonly blocks: number;
  /** It went wrong, and the change was undone again. */
  readonly wasUndone: boolean;
  /** Ctrl-C ended the watch. */
  readonly wasCutShort: boolean;
}
