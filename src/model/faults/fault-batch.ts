/**
 * Explained faults as columns, some thousands at a time: what is added up, written and read of millions of faults has no
 * object for each. Row `i` of every column is one fault; rows from `length` on mean nothing.
 */
import { FAULT_CAUSES, type FaultCause } from './cause.ts';
import type { ExplainedFault } from './explained-fault.ts';
import { UNKNOWN_HOME } from './page-nodes.ts';
import type { ThreadTable } from './threads.ts';

/** At this many a batch is full. */
export const BATCH_FAULTS = 8192;

/** Places in FAULT_CAUSES. */
export const CAUSE_CODES = Object.fromEntries(FAULT_CAUSES.map((cause, code) => [cause, code])) as Readonly<
  Record<FaultCause, number>
>;

export class FaultBatch {
  length = 0;
  /** Begin, after the start of the recording. */
  readonly timesNs = new Float64Array(BATCH_FAULTS);
  readonly latenciesNs = new Float64Array(BATCH_FAULTS);
  readonly addresses = new Float64Array(BATCH_FAULTS);
  /** NaN for memory without a file. */
  readonly fileOffsets = new Float64Array(BATCH_FAULTS);
  /** Numbers of the recording's tables. */
  readonly threads = new Int32Array(BATCH_FAULTS);
  readonly places = new Int32Array(BATCH_FAULTS);
  readonly stacks = new Int32Array(BATCH_FAULTS);
  readonly cpus = new Int32Array(BATCH_FAULTS);
  /** Places in FAULT_CAUSES. */
  readonly causes = new Uint8Array(BATCH_FAULTS);
  /** 1 for a major fault. */
  readonly majors = new Uint8Array(BATCH_FAULTS);
  /** Binary logarithm of the size of the page that came; 0 where it is not known. */
  readonly pageLogs = new Uint8Array(BATCH_FAULTS);
  /** As homeOf of page-nodes.ts. */
  readonly homes = new Uint16Array(BATCH_FAULTS);
  /** Some row has a home; where none has, `homes` need not be looked at. */
  knowsHomes = false;

  get isFull(): boolean {
    return this.length === BATCH_FAULTS;
  }

  clear(): void {
    this.length = 0;
    this.knowsHomes = false;
  }

  /** @param threads of the tables whose numbers its place and stack are */
  add(fault: ExplainedFault, threads: ThreadTable): void {
    const row = this.length;
    this.length = row + 1;
    this.timesNs[row] = fault.timeNs;
    this.latenciesNs[row] = fault.latencyNs;
    this.addresses[row] = fault.address;
    this.fileOffsets[row] = fault.fileOffset ?? Number.NaN;
    this.threads[row] = threads.idOf(fault.tgid, fault.tid);
    this.places[row] = fault.place.id;
    this.stacks[row] = fault.stack;
    this.cpus[row] = fault.cpu;
    this.causes[row] = CAUSE_CODES[fault.cause];
    this.majors[row] = fault.kind === 'major' ? 1 : 0;
    this.pageLogs[row] = fault.pageBytes === null ? 0 : Math.log2(fault.pageBytes);
    this.setHome(row, fault.home);
  }

  setHome(row: number, home: number): void {
    this.homes[row] = home;
    if (home !== UNKNOWN_HOME) this.knowsHomes = true;
  }
}
