/**
 * The diagnosis tree for memory: from "do page faults or work on memory hold its threads?" down to what to do about it.
 * One file per question that branches; the leaves are rules.
 */
import type { Branch } from './branch.ts';
import { elsewhereQuestion } from './elsewhere.ts';
import { heldByFaults } from './held-by-faults.ts';
import { heldByWork } from './held-by-work.ts';
import { minorFaultBranch } from './minor.ts';
import { storageBranch } from './storage.ts';

/** A value: a question holds its own next ones, and these are the first. */
export const MEMORY_TREE: readonly Branch[] = [
  { ...heldByFaults, next: [storageBranch, minorFaultBranch] },
  heldByWork,
  elsewhereQuestion,
];
