/** Rows of version 1 of recordings: one fault after the other, mostly differences to the row before. */
import { FormatError } from '../base/errors.ts';
import { FAULT_CAUSES } from '../model/faults/cause.ts';
import type { ExplainedFault } from '../model/faults/explained-fault.ts';
import { UNKNOWN_HOME } from '../model/faults/page-nodes.ts';
import type { Place } from '../model/faults/places.ts';
import type { FaultThread } from '../model/faults/threads.ts';
import { NumberReader } from './numbers.ts';

/** What a row is written relative to. */
class Previous {
  timeNs = 0;
  stack = 0;
  /** Last address of each thread: threads walk through memory. */
  readonly addresses: number[] = [];
  /** Address less file offset of each mapping: the same for all its faults. */
  readonly bases: number[] = [];
}

export class Version1Reader {
  /** What rows refer to, in the order it was defined. */
  readonly threads: FaultThread[] = [];
  readonly places: Place[] = [];
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
    const placeId = numbers.unsigned();
    const cpu = numbers.unsigned();
    previous.timeNs += numbers.signed();
    const latencyNs = numbers.unsigned();
    const address = (previous.addresses[threadId] ?? 0) + numbers.signed();
    const pageLog = numbers.unsigned();
    previous.stack += numbers.signed();
    const thread = this.threads[threadId];
    const place = this.places[placeId];
    const cause = FAULT_CAUSES[flags >> 2];
    if (thread === undefined || place === undefined || cause === undefined)
      throw new FormatError(
        'a fault of a known thread, place and cause',
        `${threadId}, ${placeId}, ${flags}`,
      );
    previous.addresses[threadId] = address;
    let fileOffset: number | null = null;
    if ((flags & 2) !== 0) {
      const base = (previous.bases[placeId] ?? 0) + numbers.signed();
      previous.bases[placeId] = base;
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
      home: UNKNOWN_HOME,
      place,
      fileOffset,
      cause,
      stack: previous.stack,
    };
  }
}
