/** One candidate of a race: its rounds so far, its tests, and what they say at a look. */
import type { Sentence } from '../base/sentence.ts';
import { mean } from '../stats/order.ts';
import { mirrored, pValue, SequentialTest, type SignVectors } from '../stats/randomisation-test.ts';
import { hodgesLehmann, type Shift } from '../stats/signed-rank.ts';
import type { BlockValue, GuardValues } from './block.ts';
import { GUARDS, type GuardId, guardMeans } from './guards.ts';
import { cost, costLog, type Objective } from './objective.ts';
import { RULES } from './rules.ts';

/**
 * - `helps`: proven, large enough to matter, and at nobody's cost that was watched
 * - `mixed`: as `helps`, but the total waiting or a guard is worse
 * - `inconclusive`: what the interval leaves open is still possible
 */
export type Verdict = 'helps' | 'hurts' | 'no-difference' | 'mixed' | 'inconclusive';

export interface Judgement {
  readonly verdict: Verdict;
  readonly because: Sentence;
}

const LEAST_GAIN_LOG = Math.log(1 - RULES.marginRatio);
const LEAST_HARM_LOG = Math.log(1 + RULES.marginRatio);
const SAFETY_LOG = Math.log(RULES.safetyRatio);

export class Candidate {
  readonly arm: number;
  readonly #objective: Objective;
  readonly #vectors: SignVectors;
  readonly #alphaRatio: number;
  readonly #waivedGuards: readonly GuardId[];
  readonly #gain: SequentialTest;
  readonly #harm: SequentialTest;
  /** Differences of cost from the baseline of the same round, logarithmic and plain. */
  readonly #logs: number[] = [];
  readonly #plain: number[] = [];
  readonly #values: number[] = [];
  readonly #baselines: number[] = [];
  readonly #guards: GuardValues[] = [];
  readonly #baselineGuards: GuardValues[] = [];

  constructor(
    arm: number,
    objective: Objective,
    vectors: SignVectors,
    alphaRatio: number,
    waivedGuards: readonly GuardId[],
  ) {
    this.arm = arm;
    this.#objective = objective;
    this.#vectors = vectors;
    this.#alphaRatio = alphaRatio;
    this.#waivedGuards = waivedGuards;
    this.#gain = new SequentialTest(vectors, alphaRatio);
    this.#harm = new SequentialTest(vectors, alphaRatio);
  }

  add(own: BlockValue, baseline: BlockValue): void {
    this.#logs.push(costLog(this.#objective, own.value) - costLog(this.#objective, baseline.value));
    this.#plain.push(cost(this.#objective, own.value) - cost(this.#objective, baseline.value));
    this.#values.push(own.value);
    this.#baselines.push(baseline.value);
    this.#guards.push(own.guards);
    this.#baselineGuards.push(baseline.guards);
  }

  get rounds(): number {
    return this.#logs.length;
  }

  get logs(): readonly number[] {
    return this.#logs;
  }

  get values(): readonly number[] {
    return this.#values;
  }

  get baselines(): readonly number[] {
    return this.#baselines;
  }

  /** For the comparison of candidates with each other: no single round decides it. Lower is better. */
  get score(): number {
    return mean(this.#logs.map((log) => Math.tanh(log / RULES.scoreLog)));
  }

  /** Log ratio of costs to the baseline; null before the first round. */
  get shift(): Shift | null {
    return this.rounds === 0 ? null : hodgesLehmann(this.#logs);
  }

  /** The same in the unit of the objective, as cost. */
  get difference(): Shift | null {
    return this.rounds === 0 ? null : hodgesLehmann(this.#plain);
  }

  /** So much worse, so many times in a row, that no test is waited for. */
  get isDangerous(): boolean {
    if (this.rounds < RULES.safetyRounds) return false;
    const { alarm } = this.#objective;
    const isBad = (i: number) =>
      (this.#logs[i] as number) > SAFETY_LOG && (alarm === null || (this.#values[i] as number) > alarm);
    for (let i = this.rounds - RULES.safetyRounds; i < this.rounds; i += 1) if (!isBad(i)) return false;
    return true;
  }

  /** Looks at all rounds. Both tests must see every look. @returns null where it stays in the race without a verdict */
  look(): Judgement | null {
    const comparison = this.#vectors.compare(this.#logs);
    const gained = this.#gain.look(comparison);
    const harmed = this.#harm.look(mirrored(comparison));
    const shift = hodgesLehmann(this.#logs);
    const difference = hodgesLehmann(this.#plain);
    if (gained && isUsefulGain(shift, difference, this.#objective)) return this.#judgeGain();
    if (harmed && isRealHarm(shift, difference, this.#objective))
      return { verdict: 'hurts', because: PROVEN };
    if (gained || this.rounds < RULES.equivalenceRounds) return null;
    if (isEquivalent(shift, difference, this.#objective)) return { verdict: 'no-difference', because: SAME };
    return shift.low > LEAST_GAIN_LOG ? this.drop(NO_USEFUL_GAIN) : null;
  }

  /** The verdict of a candidate that leaves the race, by its rounds so far. */
  drop(because: Sentence): Judgement {
    if (this.rounds === 0) return { verdict: 'inconclusive', because };
    const shift = hodgesLehmann(this.#logs);
    const difference = hodgesLehmann(this.#plain);
    const chance = pValue(mirrored(this.#vectors.compare(this.#logs)));
    if (chance <= this.#alphaRatio && isRealHarm(shift, difference, this.#objective)) {
      return { verdict: 'hurts', because: PROVEN };
    }
    const isLongEnough = this.rounds >= RULES.droppedEquivalenceRounds;
    if (isLongEnough && isEquivalent(shift, difference, this.#objective)) {
      return { verdict: 'no-difference', because: SAME };
    }
    return { verdict: 'inconclusive', because };
  }

  /** The verdict where the race ends with it. */
  end(because: Sentence): Judgement {
    if (!this.#gain.rejected) return { verdict: 'inconclusive', because };
    const isUseful = isUsefulGain(hodgesLehmann(this.#logs), hodgesLehmann(this.#plain), this.#objective);
    return isUseful ? this.#judgeGain() : { verdict: 'no-difference', because: SMALL_GAIN };
  }

  /** Rare long stalls count in the mean, and hardly in the test. */
  #judgeGain(): Judgement {
    const own = mean(this.#values.map((value) => cost(this.#objective, value)));
    const base = mean(this.#baselines.map((value) => cost(this.#objective, value)));
    if (own > base) return { verdict: 'mixed', because: WORSE_MEAN };
    for (const guard of GUARDS) {
      const means = guardMeans(guard.id, this.#guards, this.#baselineGuards);
      if (means === null || this.#waivedGuards.includes(guard.id)) continue;
      if (guard.fails(means.candidate, means.baseline)) {
        const { en, ko } = guard.failure;
        return { verdict: 'mixed', because: { en: `better, but ${en}`, ko: `나아지지만 ${ko}` } };
      }
    }
    return { verdict: 'helps', because: PROVEN };
  }

  /** What was read besides, candidate against baseline; null where it was not. */
  guard(id: GuardId) {
    return guardMeans(id, this.#guards, this.#baselineGuards);
  }
}

function isUsefulGain(shift: Shift, difference: Shift, { floor }: Objective): boolean {
  return shift.estimate <= LEAST_GAIN_LOG && difference.estimate <= -floor;
}

function isRealHarm(shift: Shift, difference: Shift, { floor }: Objective): boolean {
  return shift.estimate >= LEAST_HARM_LOG && difference.estimate >= floor;
}

/** Two one-sided tests by one interval (Schuirmann, J. Pharmacokinet. Biopharm. 15, 1987). */
function isEquivalent(shift: Shift, difference: Shift, { floor }: Objective): boolean {
  const within = ({ low, high }: Shift, limit: number) => low > -limit && high < limit;
  return within(shift, RULES.equivalentLog) || within(difference, floor);
}

const PROVEN: Sentence = { en: 'proven', ko: '입증됨' };
const SAME: Sentence = { en: 'it makes no difference that matters', ko: '의미 있는 차이가 없습니다' };
const SMALL_GAIN: Sentence = {
  en: 'better, but by less than 10 % or the floor',
  ko: '나아지지만 10 % 또는 하한보다 작습니다',
};
const WORSE_MEAN: Sentence = {
  en: 'the typical case is better, the total is not: rare long stalls',
  ko: '대개는 나아지지만 드물게 긴 멈춤이 있어 전체로는 나아지지 않습니다',
};
export const NO_USEFUL_GAIN: Sentence = {
  en: 'no useful gain is left possible',
  ko: '의미 있는 이득이 나올 수 없습니다',
};
export const DANGEROUS: Sentence = {
  en: 'worse by more than four times, six rounds in a row',
  ko: '여섯 번 연속 네 배 넘게 나빠졌습니다',
};
