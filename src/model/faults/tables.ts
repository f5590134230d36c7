/** What the numbers of a recording's faults refer to. */
import type { StackTables } from '../stacks/code-of-process.ts';
import type { PlaceTable } from './places.ts';
import type { ThreadTable } from './threads.ts';

export interface FaultTables extends StackTables {
  readonly places: PlaceTable;
  readonly threads: ThreadTable;
}
