/** Faults as rows of small numbers: mostly differences to the row before, some ten bytes a fault. */
import { FormatError } from '../base/errors.ts';
import type { MappingKind } from '../model/faults/address-space.ts';
import { FAULT_CAUSES, type FaultCause } from '../model/faults/cause.ts';
import type { ExplainedFault } from '../model/faults/summary.ts';
import { NumberReader, NumberWriter } from './numbers.ts';

/** What rows refer to by number. */
export interface RowThread {
  readonly tgid: number;
  readonly tid: number;
}

export interface RowMapping {
  readonly kind: MappingKind;
  readonly path: string;
}

const CAUSE_INDEX: ReadonlyMap<FaultCause, number> = new Map(FAULT_CAUSES.map((cause, i) => [cause, i]));

/** What a row is written relative to. */
class Previous {
  timeNs = 0;
  stack = 0;
  /** Last address of each thread: threads walk through memory. */
  readonly addresses: number[] = [];
  /** Address less file offset of each mapping: the same for all its faults. */
  readonly bases: number[] = [];
}

export class FaultRowWriter {
  readonly threads: RowThread[] = [];
  readonly mappings: RowMapping[] = [];
  readonly #threadIds = new Map<number, number>();
  readonly #mappingIds = new Map<string, Map<string, number>>();
  readonly #numbers = new NumberWriter();
  readonly #previous = new Previous();

  get pendingBytes(): number {
    return this.#numbers.length;
  }

  add(fault: ExplainedFault): void {
    const { place } = fault;
    const out = this.#numbers;
    const previous = this.#previous;
    const thread = this.#thread(fault);
    const mapping = this.#mapping(place);
    const cause = CAUSE_INDEX.get(fault.cause) as number;
    out.unsigned(cause * 4 + (place.fileOffset === null ? 0 : 2) + (fault.kind === 'major' ? 1 : 0));
    out.unsigned(thread);
    out.unsigned(mapping);
    out.unsigned(fault.cpu);
    out.signed(fault.timeNs - previous.timeNs);
    out.unsigned(fault.latencyNs);
    out.signed(fault.address - (previous.addresses[thread] ?? 0));
    out.unsigned(fault.pageBytes === null ? 0 : Math.log2(fault.pageBytes) + 1);
    out.signed(fault.stack - previous.stack);
    if (place.fileOffset !== null) {
      const base = fault.address - place.fileOffset;
      out.signed(base - (previous.bases[mapping] ?? 0));
      previous.bases[mapping] = base;
    }
    previous.timeNs = fault.timeNs;
    previous.addresses[thread] = fault.address;
    previous.stack = fault.stack;
  }

  take(): Uint8Array {
    return this.#numbers.take();
  }

  #thread({ tgid, tid }: ExplainedFault): number {
    let id = this.#threadIds.get(tid);
    // A TID may come again in another process.
    if (id === undefined || this.threads[id]?.tgid !== tgid) {
      id = this.threads.push({ tgid, tid }) - 1;
      this.#threadIds.set(tid, id);
    }
    return id;
  }

  #mapping({ kind, path }: RowMapping): number {
    let paths = this.#mappingIds.get(kind);
    if (paths === undefined) {
      paths = new Map();
      this.#mappingIds.set(kind, paths);
    }
    let id = paths.get(path);
    if (id === undefined) {
      id = this.mappings.push({ kind, path }) - 1;
      paths.set(path, id);
    }
    return id;
  }
}

export class FaultRowReader {
  readonly threads: RowThread[] = [];
  readonly mappings: RowMapping[] = [];
  readonly #previous = new Previous();

  /** @throws FormatError for rows that refer to what was not defined */
  read(bytes: Uint8Array, each: (fault: ExplainedFault) => void): void {
    const numbers = new NumberReader(bytes);
    while (!numbers.isAtEnd) each(this.#row(numbers));
  }

  #row(numbers: NumberReader): ExplainedFault {
    const previous = this.#previous;
    const flags = numbers.unsigned();
    const threadId = numbers.unsigned();
    const mappingId = numbers.unsigned();
    const cpu = numbers.unsigned();
    previous.timeNs += numbers.signed();
    const latencyNs = numbers.unsigned();
    const address = (previous.addresses[threadId] ?? 0) + numbers.signed();
    const pageLog = numbers.unsigned();
    previous.stack += numbers.signed();
    const thread = this.threads[threadId];
    const mapping = this.mappings[mappingId];
    const cause = FAULT_CAUSES[flags >> 2];
    if (thread === undefined || mapping === undefined || cause === undefined)
      throw new FormatError(
        'a fault of a known thread, mapping and cause',
        `${threadId}, ${mappingId}, ${flags}`,
      );
    previous.addresses[threadId] = address;
    let fileOffset: number | null = null;
    if ((flags & 2) !== 0) {
      const base = (previous.bases[mappingId] ?? 0) + numbers.signed();
      previous.bases[mappingId] = base;
      fileOffset = address - base;
    }
    return {
      kind: (flags & 1) === 0 ? 'minor' : 'major',
      tgid: thread.tgid,
      tid: thread.tid,
      cpu,
      timeNs: previous.timeNs,
      latencyNs,
      address,
      pageBytes: pageLog === 0 ? null : 2 ** (pageLog - 1),
      place: { kind: mapping.kind, path: mapping.path, fileOffset },
      cause,
      stack: previous.stack,
    };
  }
}
