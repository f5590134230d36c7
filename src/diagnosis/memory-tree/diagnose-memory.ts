/** Walks the diagnosis tree over a window. */
import type { Finding, Window } from '../finding.ts';
import { type Answered, answer, foundIn } from './branch.ts';
import { type Elsewhere, elsewhereOf } from './elsewhere.ts';
import { MEMORY_TREE } from './index.ts';

export interface MemoryDiagnosis {
  readonly tree: readonly Answered[];
  /** What the leaves found, the heaviest first; empty where it is not memory. */
  readonly causes: readonly Finding[];
  /** Where its threads were instead; null where that is not known. */
  readonly elsewhere: Elsewhere | null;
}

export function diagnoseMemory(window: Window): MemoryDiagnosis {
  const tree = MEMORY_TREE.map((branch) => answer(branch, window));
  // What the hypervisor takes is told in the tree; it is no cause in memory.
  const causes = tree
    .flatMap(foundIn)
    .filter((finding) => finding.mark === 'F')
    .sort((a, b) => b.rankRatio - a.rankRatio);
  return { tree, causes, elsewhere: elsewhereOf(window) };
}
