/** The steps of the stage process, as both of its sides know them. */
import type { Refused } from '../reports/refusals.ts';
import type { Phase } from './fresh-area.ts';

/** What was done, or why not. */
export type Tried =
  | { readonly phase: Phase; readonly refused: null }
  | { readonly phase: null; readonly refused: Refused };

export interface Setting {
  readonly cpu: number;
  /** Of the file; whole pages. */
  readonly bytes: number;
  /** From its start: what is to stay. */
  readonly criticalBytes: number;
}

/** The two parts of the file, after both were paged out and read again. */
export interface ReadAgain {
  /** Whether the kernel paged the critical part out; null or why not. */
  readonly criticalKept: Refused | null;
  readonly critical: Phase;
  readonly rest: Phase;
}

export interface StepAnswers {
  /** Makes the file and maps it. */
  begin: { readonly pageBytes: number };
  lockCritical: Tried;
  unlockCritical: Tried;
  evictAndRead: ReadAgain;
  lockAll: Tried;
  unlockAll: Tried;
  /** A mapping of the critical size, and then a store to each of its pages. */
  mapNew: { readonly mapped: Phase; readonly written: Phase };
  /** Locks memory of its own of the critical size, written. */
  lockOwn: Tried;
  forkCopy: { readonly pid: number };
  /** A store to each locked page, while there is a copy. The copy is ended. */
  writeAfterFork: Phase;
  startProgram: { readonly pid: number };
  endProgram: null;
}

export type StepName = keyof StepAnswers;

export interface StageRequest {
  readonly step: StepName;
  readonly job: Setting | null;
}

export type StageReply =
  | { readonly kind: 'done'; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly what: string };
