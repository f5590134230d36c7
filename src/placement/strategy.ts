/** A strategy: one idea of where threads could run, with the numbers that speak for it here or against. */
import type { Sentence } from '../base/sentence.ts';
import type { Proposal } from './proposal.ts';
import type { Situation } from './situation.ts';

export const GOALS = ['latency', 'throughput', 'cache', 'isolation', 'general'] as const;
export type Goal = (typeof GOALS)[number];

export type StrategyAnswer =
  | { readonly proposals: readonly [Proposal, ...Proposal[]] }
  /** Why it does not apply here, with the numbers. */
  | { readonly because: Sentence };

export interface Strategy {
  readonly id: string;
  /** What it does, in one sentence. */
  readonly does: Sentence;
  readonly goals: readonly Goal[];
  /** It is about single CPUs: it may take one of a core and leave its siblings. No other strategy does. */
  readonly splitsCores: boolean;
  /** Pure. */
  readonly propose: (situation: Situation) => StrategyAnswer;
}

export function propose(...proposals: [Proposal, ...Proposal[]]): StrategyAnswer {
  return { proposals };
}

export function notHere(en: string, ko: string): StrategyAnswer {
  return { because: { en, ko } };
}
