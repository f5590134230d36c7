/** All there is to say about a trial that has ended, as data; texts and documents are made of it. */

import type { Sentence } from '../base/sentence.ts';
import type { Proposal } from '../placement/proposal.ts';
import { median } from '../stats/order.ts';
import type { Candidate, Verdict } from './candidate.ts';
import type { NoiseSummary } from './noise.ts';
import { changePct, intervalPct, type Objective } from './objective.ts';
import type { Race, RaceDesign, RaceEnd, RaceResult, RoundRecord } from './race.ts';
import type { BlockTiming } from './rules.ts';
import type { Watched } from './watched.ts';

/** A candidate that was left out before the race began. */
export interface Skipped {
  readonly name: string;
  readonly because: Sentence;
}

/** What a candidate did to the objective. Changes are of its value: with "lower is better", below zero is a gain. */
export interface CandidateEffect {
  readonly rounds: number;
  /** Medians over the rounds of the candidate, and of the baseline in the same rounds; null before the first. */
  readonly value: number | null;
  readonly baseline: number | null;
  readonly effectPct: number | null;
  /** 90 %; not corrected for stopping early. */
  readonly intervalPct: readonly [number, number] | null;
}

export interface CandidateReport extends CandidateEffect {
  readonly proposal: Proposal;
  readonly verdict: Verdict;
  readonly because: Sentence;
  /** Of everybody else, what they waited more in this placement, per second; null where it is not known. */
  readonly othersDelayNs: number | null;
  readonly isKept: boolean;
}

export function candidateReports(
  objective: Objective,
  proposals: readonly Proposal[],
  { results, keptArm }: RaceResult,
): readonly CandidateReport[] {
  return results.flatMap(({ candidate, verdict, because }, i) => {
    const proposal = proposals[i];
    if (proposal === undefined) return [];
    const others = candidate.guard('othersDelayNs');
    return [
      {
        proposal,
        verdict,
        because,
        ...effectOf(objective, candidate),
        othersDelayNs: others === null ? null : others.candidate - others.baseline,
        isKept: candidate.arm === keptArm,
      },
    ];
  });
}

export function effectOf(objective: Objective, candidate: Candidate): CandidateEffect {
  const { rounds, shift } = candidate;
  if (shift === null) return { rounds, value: null, baseline: null, effectPct: null, intervalPct: null };
  return {
    rounds,
    value: median(candidate.values),
    baseline: median(candidate.baselines),
    effectPct: changePct(objective, shift.estimate),
    intervalPct: intervalPct(objective, shift.low, shift.high),
  };
}

/** How a race stands: for a table that is drawn while it runs. */
export interface Standing extends CandidateEffect {
  readonly name: string;
  /** null while it is still in the race. */
  readonly verdict: Verdict | null;
}

export function standings(design: RaceDesign, race: Race): readonly Standing[] {
  const racing = new Set(race.racing);
  return race.result().results.map(({ candidate, verdict }, i) => ({
    name: design.candidates[i]?.name ?? '',
    verdict: racing.has(candidate.arm) ? null : verdict,
    ...effectOf(design.objective, candidate),
  }));
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
  readonly candidates: readonly CandidateReport[];
  readonly skipped: readonly Skipped[];
  readonly rounds: readonly RoundRecord[];
  readonly end: RaceEnd;
  /** Of the budget. */
  readonly usedNs: number;
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
  /** What it is remembered as: `t-6`; null where it could not be written down. */
  readonly trial: string | null;
}

export interface Afterwards {
  readonly watchedNs: number;
  readonly blocks: number;
  /** It went wrong, and the change was undone again. */
  readonly wasUndone: boolean;
  /** Ctrl-C ended the watch. */
  readonly wasCutShort: boolean;
}
