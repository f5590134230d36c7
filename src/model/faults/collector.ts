/** Adds up faults as they come, live or from a file: totals by cause, place, thread and CPU, and by stack. */
import { FrameTable } from '../stacks/frames.ts';
import { StackTable } from '../stacks/stack-table.ts';
import { StackTotals, type StackWeight } from '../stacks/stack-totals.ts';
import type { ExplainedFault } from './explained-fault.ts';
import { FaultBatch } from './fault-batch.ts';
import { PlaceTable } from './places.ts';
import { type FaultSummary, FaultTotals } from './summary.ts';
import type { FaultTables } from './tables.ts';
import { ThreadTable } from './threads.ts';

export class FaultCollector {
  readonly tables: FaultTables = {
    frames: new FrameTable(),
    stacks: new StackTable(),
    places: new PlaceTable(),
    threads: new ThreadTable(),
  };
  readonly #totals = new FaultTotals(this.tables.threads, this.tables.places);
  readonly #stacks = new StackTotals();
  /** Faults that came one by one and are not added up yet. */
  readonly #waiting = new FaultBatch();
  readonly #also: (batch: FaultBatch) => void;

  /** @param also is given every batch that came one by one, when it is added up: a file, for one */
  constructor(also: (batch: FaultBatch) => void = () => {}) {
    this.#also = also;
  }

  /** @param fault whose place and stack are of `tables` */
  add(fault: ExplainedFault): void {
    this.roomForOne().add(fault, this.tables.threads);
  }

  /** The batch of faults that come one by one: the next row is to be filled at once, with numbers of `tables`. */
  roomForOne(): FaultBatch {
    if (this.#waiting.isFull) this.flush();
    return this.#waiting;
  }

  /** @param batch whose numbers are of `tables` */
  addBatch(batch: FaultBatch): void {
    this.#totals.addBatch(batch);
    this.#stacks.addBatch(batch);
  }

  summary(): FaultSummary {
    this.flush();
    return this.#totals.summary();
  }

  weights(): readonly StackWeight[] {
    this.flush();
    return this.#stacks.weights();
  }

  /** Adds up what came since the last full batch. */
  flush(): void {
    this.addBatch(this.#waiting);
    this.#also(this.#waiting);
    this.#waiting.clear();
  }
}
