/** Asks every strategy, and leaves out what would change nothing and what another one proposes already. */
import type { Sentence } from '../base/sentence.ts';
import { isInPlace } from './moves.ts';
import type { Proposal } from './proposal.ts';
import type { Situation } from './situation.ts';
import { STRATEGIES } from './strategies/index.ts';
import type { Goal, Strategy } from './strategy.ts';

export interface NotApplied {
  readonly strategy: string;
  readonly because: Sentence;
}

export interface Proposals {
  /** In the order of the registry; "leave alone" is the first. */
  readonly proposals: readonly Proposal[];
  readonly notApplied: readonly NotApplied[];
}

/** @param goal only strategies for it; all without it */
export function proposeAll(
  situation: Situation,
  goal: Goal | null = null,
  strategies: readonly Strategy[] = STRATEGIES,
): Proposals {
  const proposals = new Map<string, Proposal>();
  const notApplied: NotApplied[] = [];
  for (const strategy of strategies) {
    if (goal !== null && !strategy.goals.includes(goal)) continue;
    const answer = strategy.propose(situation);
    if ('because' in answer) {
      notApplied.push({ strategy: strategy.id, because: answer.because });
      continue;
    }
    for (const proposal of answer.proposals) {
      const same = proposals.get(planKey(proposal));
      if (same === undefined && !isInPlace(proposal, situation)) proposals.set(planKey(proposal), proposal);
      else notApplied.push({ strategy: strategy.id, because: same === undefined ? IN_PLACE : sameAs(same) });
    }
  }
  return { proposals: [...proposals.values()], notApplied };
}

const IN_PLACE: Sentence = { en: 'every thread is there already', ko: '모든 스레드가 이미 그곳에 있습니다' };

function sameAs({ name }: Proposal): Sentence {
  return { en: `it comes to the same as ${name}`, ko: `${name}과(와) 같은 결과가 됩니다` };
}

function planKey({ moves, groups }: Proposal): string {
  return JSON.stringify([moves.map(({ comm: _, ...move }) => move), groups]);
}
