/**
 * Batches of faults as bytes: column by column, each a list of small numbers, mostly differences to the fault before.
 * Columns of one kind of number lie together, so they deflate well and are read in short loops.
 */
import { FormatError } from '../base/errors.ts';
import { FAULT_CAUSES } from '../model/faults/cause.ts';
import { BATCH_FAULTS, type FaultBatch } from '../model/faults/fault-batch.ts';
import { homeOf, MOST_NODES } from '../model/faults/page-nodes.ts';
import { NumberReader, NumberWriter } from './numbers.ts';

/** Of the first column: MAJOR and IN_FILE beside the cause. */
const [MAJOR, IN_FILE, CAUSE] = [1, 2, 4];
/** A page of 2^62 bytes is no page. */
const MOST_PAGE_LOG = 62;

/** What a fault is written relative to; the writer's and the reader's go the same way. */
class Previous {
  timeNs = 0;
  /** Last address and stack of each thread: threads walk through memory, in loops. */
  readonly addresses: number[] = [];
  readonly stacks: number[] = [];
  /** Address less file offset of each place: the same for all faults of a mapping. */
  readonly bases: number[] = [];
}

export class FaultColumnWriter {
  readonly #numbers = new NumberWriter();
  readonly #previous = new Previous();
  readonly #column = new Float64Array(BATCH_FAULTS);

  bytesOf(batch: FaultBatch): Uint8Array {
    const numbers = this.#numbers;
    const { length } = batch;
    numbers.unsigned(length);
    numbers.unsignedColumn(this.#flags(batch), length);
    for (const column of [batch.threads, batch.places, batch.cpus, batch.pageLogs]) {
      // All through one kind of list: the loop over it stays fast.
      this.#column.set(column);
      numbers.unsignedColumn(this.#column, length);
    }
    numbers.signedColumn(this.#times(batch), length);
    numbers.unsignedColumn(batch.latenciesNs, length);
    numbers.signedColumn(this.#ofThreads(batch, batch.addresses, this.#previous.addresses), length);
    numbers.signedColumn(this.#ofThreads(batch, batch.stacks, this.#previous.stacks), length);
    numbers.signedColumn(this.#column, this.#fillBases(batch));
    if (batch.knowsHomes) {
      this.#column.set(batch.homes);
      numbers.unsignedColumn(this.#column, length);
    }
    return numbers.take();
  }

  #flags({ length, causes, majors, fileOffsets }: FaultBatch): Float64Array {
    const column = this.#column;
    for (let row = 0; row < length; row += 1) {
      const inFile = Number.isNaN(fileOffsets[row]) ? 0 : IN_FILE;
      column[row] = (causes[row] as number) * CAUSE + inFile + (majors[row] as number) * MAJOR;
    }
    return column;
  }

  #times({ length, timesNs }: FaultBatch): Float64Array {
    const column = this.#column;
    let last = this.#previous.timeNs;
    for (let row = 0; row < length; row += 1) {
      const time = timesNs[row] as number;
      column[row] = time - last;
      last = time;
    }
    this.#previous.timeNs = last;
    return column;
  }

  /** Differences to the fault before of the same thread. */
  #ofThreads({ length, threads }: FaultBatch, values: ArrayLike<number>, last: number[]): Float64Array {
    const column = this.#column;
    for (let row = 0; row < length; row += 1) {
      const thread = threads[row] as number;
      const value = values[row] as number;
      column[row] = value - (last[thread] ?? 0);
      last[thread] = value;
    }
    return column;
  }

  /** @returns how many faults lie in files */
  #fillBases({ length, places, addresses, fileOffsets }: FaultBatch): number {
    const { bases } = this.#previous;
    let count = 0;
    for (let row = 0; row < length; row += 1) {
      const offset = fileOffsets[row] as number;
      if (Number.isNaN(offset)) continue;
      const place = places[row] as number;
      const base = (addresses[row] as number) - offset;
      this.#column[count++] = base - (bases[place] ?? 0);
      bases[place] = base;
    }
    return count;
  }
}

/** How many of each the file has defined so far. */
export interface Defined {
  readonly threads: number;
  readonly places: number;
  readonly stacks: number;
}

export class FaultColumnReader {
  readonly #previous = new Previous();

  /**
   * Fills the batch.
   * @throws FormatError for bytes that are no batch, or that refer to what was not defined
   */
  read(bytes: Uint8Array, batch: FaultBatch, defined: Defined): void {
    const numbers = new NumberReader(bytes);
    const length = numbers.unsigned();
    if (length > BATCH_FAULTS) throw new FormatError(`at most ${BATCH_FAULTS} faults`, `${length}`);
    batch.length = length;
    this.#readFlags(numbers, batch);
    readNumbered('thread', numbers, batch.threads, length, defined.threads);
    readNumbered('place', numbers, batch.places, length, defined.places);
    numbers.unsignedColumn(batch.cpus, length);
    readNumbered('page size', numbers, batch.pageLogs, length, MOST_PAGE_LOG);
    this.#readTimes(numbers, batch);
    numbers.unsignedColumn(batch.latenciesNs, length);
    readOfThreads(numbers, batch, batch.addresses, this.#previous.addresses);
    readOfThreads(numbers, batch, batch.stacks, this.#previous.stacks);
    requireBelow('stack', batch.stacks, length, defined.stacks);
    this.#readBases(numbers, batch);
    // Version 2 had none, and machines of one node have none.
    batch.knowsHomes = !numbers.isAtEnd;
    if (batch.knowsHomes)
      readNumbered('memory node', numbers, batch.homes, length, homeOf(MOST_NODES, false));
    if (!numbers.isAtEnd) throw new FormatError('the end of a batch', 'more bytes');
  }

  /** Offsets in files come last: until then they say only which faults have one. */
  #readFlags(numbers: NumberReader, { length, causes, majors, fileOffsets }: FaultBatch): void {
    for (let row = 0; row < length; row += 1) {
      const flags = numbers.unsigned();
      if (flags >= FAULT_CAUSES.length * CAUSE) throw new FormatError('a known cause', `${flags}`);
      causes[row] = flags >>> 2;
      majors[row] = flags & MAJOR;
      fileOffsets[row] = (flags & IN_FILE) === 0 ? Number.NaN : 0;
    }
  }

  #readTimes(numbers: NumberReader, { length, timesNs }: FaultBatch): void {
    let time = this.#previous.timeNs;
    for (let row = 0; row < length; row += 1) {
      time += numbers.signed();
      timesNs[row] = time;
    }
    this.#previous.timeNs = time;
  }

  #readBases(numbers: NumberReader, { length, places, addresses, fileOffsets }: FaultBatch): void {
    const { bases } = this.#previous;
    for (let row = 0; row < length; row += 1) {
      if (Number.isNaN(fileOffsets[row])) continue;
      const place = places[row] as number;
      const base = (bases[place] ?? 0) + numbers.signed();
      bases[place] = base;
      fileOffsets[row] = (addresses[row] as number) - base;
    }
  }
}

function readNumbered(
  what: string,
  numbers: NumberReader,
  values: Int32Array | Uint16Array | Uint8Array,
  count: number,
  limit: number,
): void {
  for (let row = 0; row < count; row += 1) {
    const value = numbers.unsigned();
    if (value >= limit) throw new FormatError(`a ${what} that was defined`, `${value}`);
    values[row] = value;
  }
}

function readOfThreads(
  numbers: NumberReader,
  { length, threads }: FaultBatch,
  values: Float64Array | Int32Array,
  last: number[],
): void {
  for (let row = 0; row < length; row += 1) {
    const thread = threads[row] as number;
    const value = (last[thread] ?? 0) + numbers.signed();
    last[thread] = value;
    values[row] = value;
  }
}

function requireBelow(what: string, values: Int32Array, count: number, limit: number): void {
  for (let row = 0; row < count; row += 1) {
    const value = values[row] as number;
    if (value < 0 || value >= limit) throw new FormatError(`a ${what} that was defined`, `${value}`);
  }
}
