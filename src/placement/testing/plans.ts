/** Plans and refusals as short texts, for tests. */
import type { Proposal } from '../proposal.ts';
import type { Situation } from '../situation.ts';
import type { Strategy } from '../strategy.ts';

/** `100 -> 0-1; all -> 2-3`: which threads go to which CPUs. */
export function planText({ moves }: Proposal): string {
  return moves
    .map(({ threads, cpus, memory }) => {
      const pages = memory === null ? '' : ` + ${memory.mode} ${memory.nodes}`;
      return `${threads === 'all' ? 'all' : threads.join(',')} -> ${cpus ?? 'as it is'}${pages}`;
    })
    .join('; ');
}

/** The single proposal. */
export function proposed(strategy: Strategy, situation: Situation): Proposal {
  const answer = strategy.propose(situation);
  if ('because' in answer) throw new Error(answer.because.en);
  return answer.proposals[0];
}

export function planOf(strategy: Strategy, situation: Situation): string {
  return planText(proposed(strategy, situation));
}

/** Why it does not apply. */
export function refusal(strategy: Strategy, situation: Situation): string {
  const answer = strategy.propose(situation);
  if ('because' in answer) return answer.because.en;
  throw new Error(`applies: ${answer.proposals[0].name}`);
}
