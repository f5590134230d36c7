/** A question of the diagnosis tree, what was measured about it, and the questions that follow. */
import type { Sentence } from '../../base/sentence.ts';
import type { Evidence, Finding, Rule, Window } from '../finding.ts';

export type Answer = 'yes' | 'no' | 'unknown';

/** What a window says to a question. */
export interface Asked {
  readonly answer: Answer;
  readonly evidence: readonly Evidence[];
  /** Of a leaf that answers yes. */
  readonly findings: readonly Finding[];
}

export interface Branch {
  readonly id: string;
  readonly question: Sentence;
  readonly ask: (window: Window) => Asked;
  readonly next: readonly Branch[];
}

/** A branch with its answer. */
export interface Answered extends Asked {
  readonly id: string;
  readonly question: Sentence;
  readonly next: readonly Answered[];
}

/** A leaf: the question is the rule's, its finding the answer, and how close it came the evidence for a no. */
export function leaf(rule: Rule): Branch {
  return {
    id: rule.id,
    question: rule.looksFor,
    next: [],
    ask(window) {
      const { findings, closest } = rule.check(window);
      const [first] = findings;
      if (first !== undefined) return { answer: 'yes', evidence: first.evidence, findings };
      if (closest === null) return { answer: 'unknown', evidence: [], findings: [] };
      return { answer: 'no', evidence: [closest], findings: [] };
    },
  };
}

/** All of them: that a question is answered with no does not keep a later one from being yes. */
export function answer(branch: Branch, window: Window): Answered {
  const { id, question, next } = branch;
  return { id, question, ...branch.ask(window), next: next.map((one) => answer(one, window)) };
}

/** The leaves that answer yes, the heaviest first. */
export function foundIn(tree: Answered): readonly Finding[] {
  const findings = [...tree.findings, ...tree.next.flatMap(foundIn)];
  return findings.sort((a, b) => b.rankRatio - a.rankRatio);
}
