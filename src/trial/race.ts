/**
 * The race of candidates against leaving things alone: rounds of one block each in an order drawn anew, tests at fixed
 * looks, halving, and the end. Knows no clock and no machine: it says which round comes next and is told what came of
 * it, so the same rounds give the same verdicts again.
 */
import type { Sentence } from '../base/sentence.ts';
import { SeededRandom } from '../stats/random.ts';
import { SignVectors } from '../stats/randomisation-test.ts';
import type { BlockValue } from './block.ts';
import { Candidate, DANGEROUS, type Judgement } from './candidate.ts';
import type { GuardId } from './guards.ts';
import type { Objective } from './objective.ts';
import { looksUpTo, RULES } from './rules.ts';

export interface RaceDesign {
  readonly objective: Objective;
  /** Candidates; arm 0 is to leave things alone, arm 1 the first of these. At least one. */
  readonly candidates: readonly { readonly name: string; readonly waivedGuards: readonly GuardId[] }[];
  readonly mostRounds: number;
  readonly budgetNs: number;
  /** 0 to 2^32 - 1. */
  readonly seed: number;
}

export interface CandidateResult extends Judgement {
  readonly candidate: Candidate;
}

/** - `won`: a candidate helps - `settled`: none is left - `rounds`, `budget`: used up - `stopped`: from outside */
export type RaceEnd = 'won' | 'settled' | 'rounds' | 'budget' | 'stopped';

export interface RaceResult {
  readonly end: RaceEnd;
  /** In the order of the design. */
  readonly results: readonly CandidateResult[];
  /** The arm to keep; null for none. */
  readonly keptArm: number | null;
  readonly rounds: number;
  /** Of the budget, void rounds included. */
  readonly usedNs: number;
}

export class Race {
  readonly #design: RaceDesign;
  readonly #random: SeededRandom;
  readonly #looks: ReadonlySet<number>;
  readonly #candidates: readonly Candidate[];
  readonly #judged = new Map<number, Judgement>();
  #racing: Candidate[];
  #rounds = 0;
  #usedNs = 0;
  #longestBlockNs = 0;
  #keptArm: number | null = null;
  #end: RaceEnd | null = null;

  constructor(design: RaceDesign) {
    const { candidates, seed, mostRounds, objective } = design;
    this.#design = design;
    this.#random = new SeededRandom(seed);
    this.#looks = new Set(looksUpTo(mostRounds));
    const vectors = new SignVectors(this.#random, mostRounds, RULES.signVectors);
    // Bonferroni: each candidate may spend its share.
    const alphaRatio = RULES.alphaRatio / candidates.length;
    this.#candidates = candidates.map(
      ({ waivedGuards }, i) => new Candidate(i + 1, objective, vectors, alphaRatio, waivedGuards),
    );
    this.#racing = [...this.#candidates];
  }

  /** The arms of the next round in the order to run them; null where the race is over. */
  nextRound(): readonly number[] | null {
    if (this.#end !== null) return null;
    if (this.#racing.length === 0) this.#end = 'settled';
    else if (this.#rounds >= this.#design.mostRounds) this.#end = 'rounds';
    else if (this.#usedNs + this.#nextRoundNs() > this.#design.budgetNs) this.#end = 'budget';
    if (this.#end !== null) return null;
    return this.#random.shuffled([0, ...this.#racing.map((one) => one.arm)]);
  }

  /** As long as the longest block so far makes it; 0 before the first. */
  #nextRoundNs(): number {
    return this.#longestBlockNs * (this.#racing.length + 1);
  }

  /** @param blocks by arm: all that `nextRound` named */
  addRound(blocks: ReadonlyMap<number, BlockValue>): void {
    const baseline = blocks.get(0);
    if (baseline === undefined) throw new RangeError('a round has a baseline');
    for (const block of blocks.values()) this.#use(block.elapsedNs);
    this.#rounds += 1;
    for (const candidate of [...this.#racing]) {
      const own = blocks.get(candidate.arm);
      if (own === undefined) throw new RangeError(`a round has a block of arm ${candidate.arm}`);
      candidate.add(own, baseline);
      if (candidate.isDangerous) this.#leave(candidate, { verdict: 'hurts', because: DANGEROUS });
    }
    if (this.#looks.has(this.#rounds)) this.#look();
    if (this.#end === null) this.#cut();
  }

  /** A round that says nothing, because the threads slept: it is repeated, and costs its time. */
  addVoidRound(elapsedNs: readonly number[]): void {
    for (const ns of elapsedNs) this.#use(ns);
  }

  /** Ends it from outside. */
  stop(): void {
    this.#end ??= 'stopped';
  }

  #use(elapsedNs: number): void {
    this.#usedNs += elapsedNs;
    this.#longestBlockNs = Math.max(this.#longestBlockNs, elapsedNs);
  }

  #leave(candidate: Candidate, judgement: Judgement): void {
    this.#judged.set(candidate.arm, judgement);
    this.#racing = this.#racing.filter((one) => one !== candidate);
  }

  #look(): void {
    const winners: Candidate[] = [];
    for (const candidate of [...this.#racing]) {
      const judgement = candidate.look();
      if (judgement === null) continue;
      if (judgement.verdict === 'helps') winners.push(candidate);
      // What is mixed now may yet be better in its total.
      else if (judgement.verdict !== 'mixed') this.#leave(candidate, judgement);
    }
    const [best] = winners.sort((a, b) => (a.shift?.estimate ?? 0) - (b.shift?.estimate ?? 0));
    if (best === undefined) return;
    this.#keptArm = best.arm;
    this.#end = 'won';
    for (const candidate of [...this.#racing]) {
      this.#leave(candidate, winners.includes(candidate) ? candidate.end(WON) : candidate.drop(BEATEN));
    }
  }

  /** The candidates that are behind leave; the rounds they would have had go to the others. */
  #cut(): void {
    const most =
      this.#rounds === RULES.firstCutRounds
        ? 2
        : this.#rounds === RULES.secondCutRounds
          ? 1
          : this.#racing.length;
    const ranked = [...this.#racing].sort((a, b) => a.score - b.score);
    for (const candidate of ranked.slice(most)) this.#leave(candidate, candidate.drop(BEHIND));
  }

  get rounds(): number {
    return this.#rounds;
  }

  get usedNs(): number {
    return this.#usedNs;
  }

  /** Candidates that still take part. */
  get racing(): readonly number[] {
    return this.#racing.map((one) => one.arm);
  }

  /** How it stands; final once `nextRound` said null. */
  result(): RaceResult {
    const end = this.#end ?? 'stopped';
    return {
      end,
      results: this.#candidates.map((candidate) => ({
        candidate,
        ...(this.#judged.get(candidate.arm) ?? candidate.end(BECAUSE[end])),
      })),
      keptArm: this.#keptArm,
      rounds: this.#rounds,
      usedNs: this.#usedNs,
    };
  }
}

/** A round as it was run, for the report: a race that is told them again says the same. */
export interface RoundRecord {
  /** Arms in the order in which they were run. */
  readonly order: readonly number[];
  /** In that order; without a value where the threads slept. */
  readonly blocks: readonly (Omit<BlockValue, 'value'> & { readonly value: number | null })[];
}

/** Tells the race a round; one with a block without a value is void. @returns whether it counted */
export function tell(race: Race, { order, blocks }: RoundRecord): boolean {
  const counted = new Map<number, BlockValue>();
  order.forEach((arm, i) => {
    const block = blocks[i];
    if (block?.value != null) counted.set(arm, { ...block, value: block.value });
  });
  if (counted.size === order.length) race.addRound(counted);
  else race.addVoidRound(blocks.map((block) => block.elapsedNs));
  return counted.size === order.length;
}

/** The verdicts from the rounds of a report. @throws RangeError where the rounds are not those of the seed */
export function replay(design: RaceDesign, rounds: readonly RoundRecord[]): RaceResult {
  const race = new Race(design);
  for (const round of rounds) {
    const order = race.nextRound();
    if (order?.join() !== round.order.join())
      throw new RangeError('these rounds belong to another seed or design');
    tell(race, round);
  }
  race.nextRound();
  return race.result();
}

const WON: Sentence = { en: 'proven', ko: '입증됨' };
const BEATEN: Sentence = { en: 'another candidate was proven first', ko: '다른 후보가 먼저 입증되었습니다' };
const BEHIND: Sentence = {
  en: 'behind others after the first rounds',
  ko: '처음 몇 번에서 다른 후보에 뒤졌습니다',
};

const BECAUSE: Readonly<Record<RaceEnd, Sentence>> = {
  won: BEATEN,
  settled: BEHIND,
  rounds: { en: 'the rounds were not enough at this noise', ko: '이 정도 잡음에는 반복이 모자랐습니다' },
  budget: { en: 'the time was not enough at this noise', ko: '이 정도 잡음에는 시간이 모자랐습니다' },
  stopped: { en: 'it was stopped', ko: '중단되었습니다' },
};
