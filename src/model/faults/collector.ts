/** Adds up faults as they come, live or from a file: totals by cause, place, thread and CPU, and by stack. */
import type { StackTables } from '../stacks/code-of-process.ts';
import { FrameTable } from '../stacks/frames.ts';
import { StackTable } from '../stacks/stack-table.ts';
import { StackTotals, type StackWeight } from '../stacks/stack-totals.ts';
import { type ExplainedFault, type FaultSummary, FaultTotals } from './summary.ts';

export class FaultCollector {
  readonly tables: StackTables = { frames: new FrameTable(), stacks: new StackTable() };
  readonly #totals = new FaultTotals();
  readonly #stacks = new StackTotals();

  add(fault: ExplainedFault): void {
    this.#totals.add(fault);
    this.#stacks.add(fault.stack, fault.cause, fault.latencyNs);
  }

  summary(): FaultSummary {
    return this.#totals.summary();
  }

  weights(): readonly StackWeight[] {
    return this.#stacks.weights();
  }
}
