/**
 * The fixed numbers of a placement trial. Each was chosen on recorded noise, and docs/trials.md says what was tried and
 * what it does to false and missed gains; whoever changes one repeats test/trials.
 */
import { NS_PER_MS, NS_PER_SEC } from '../base/units.ts';

export const RULES = {
  /** Chance, over all looks and candidates, to keep one that changes nothing; the same for calling one harmful. */
  alphaRatio: 0.025,
  /** Random sign vectors of a test. */
  signVectors: 4000,
  /** A gain or harm is reported from here on. */
  marginRatio: 0.1,
  /** Two placements do the same where the 90 % interval of the log ratio lies within this. */
  equivalentLog: 0.15,
  /** Log ratios beyond this count no more where candidates are compared with each other. */
  scoreLog: 0.7,
  /** After so many rounds the best two stay in the race, and after so many the best one. */
  firstCutRounds: 12,
  secondCutRounds: 36,
  /** "No difference" and "no useful gain" are not said before. */
  equivalenceRounds: 18,
  /** Of a candidate that was dropped. */
  droppedEquivalenceRounds: 12,
  /** So many rounds in a row worse by more than this, and above the objective's alarm: it hurts, without a test. */
  safetyRounds: 6,
  safetyRatio: 4,
} as const;

/** When a block begins and ends. */
export interface BlockTiming {
  /** After the switch; not measured. */
  readonly washoutNs: number;
  readonly blockNs: number;
  /** A block goes on to here while the watched threads woke up less than `leastWakeUps` times. */
  readonly mostBlockNs: number;
  readonly leastWakeUps: number;
}

export const TIMING: BlockTiming = {
  washoutNs: 100 * NS_PER_MS,
  blockNs: 500 * NS_PER_MS,
  mostBlockNs: 2 * NS_PER_SEC,
  leastWakeUps: 16,
};

/** For candidates that act in seconds: another node, pages that move. */
export const SLOW_TIMING: BlockTiming = {
  washoutNs: 2 * NS_PER_SEC,
  blockNs: 5 * NS_PER_SEC,
  mostBlockNs: 10 * NS_PER_SEC,
  leastWakeUps: 16,
};

export const BUDGET_NS = 180 * NS_PER_SEC;
export const SLOW_BUDGET_NS = 600 * NS_PER_SEC;
/** Rounds of the longest trial within the usual budget; a larger budget has more in proportion. */
const ROUNDS = 130;

export function roundsWithin(budgetNs: number): number {
  return Math.max(10, Math.round((ROUNDS * budgetNs) / BUDGET_NS));
}

/** The first look, with the smallest number of rounds at which the test can reject anything. */
export const FIRST_LOOK = 10;
const LOOKS = [FIRST_LOOK, 12, 15, 18, 22, 27, 33, 40, 50, 62, 76, 92, 110, ROUNDS];
/** Between looks beyond the list, as between those in it. */
const LOOK_STEP = 1.2;

/** After how many rounds a trial of at most `mostRounds` is looked at: fixed before it begins. */
export function looksUpTo(mostRounds: number): readonly number[] {
  const looks = LOOKS.filter((look) => look <= mostRounds);
  for (let at = ROUNDS * LOOK_STEP; at <= mostRounds; at *= LOOK_STEP) looks.push(Math.round(at));
  if (mostRounds >= FIRST_LOOK && looks.at(-1) !== mostRounds) looks.push(mostRounds);
  return looks;
}
