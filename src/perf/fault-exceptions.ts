/**
 * The processor's error code of each fault without BPF: by the tracepoints exceptions:page_fault_user and
 * page_fault_kernel (x86), as raw data of perf samples. Where their fields lie, only the event's own format says.
 *
 * The exception passes in the same thread right before the software event page-faults begins: a fault's code is that of
 * the last exception of its thread, if the address is the same.
 */
import type { EventAttributes, SampleField } from './attributes.ts';
import { sampleTail } from './records.ts';
import type { RingCursor } from './ring-cursor.ts';
import { type SampleLayout, sampleLayout } from './sample-layout.ts';
import type { TimeBase } from './time-base.ts';
import { fieldWord, type TracepointShape } from './tracepoint-fields.ts';

export const EXCEPTION_EVENTS = ['page_fault_user', 'page_fault_kernel'] as const;

export type ExceptionFormat = TracepointShape;

export interface FaultException {
  readonly tid: number;
  /** After the time base. */
  readonly timeNs: number;
  readonly address: number;
  /** ERROR_CODE bits of model/faults/cause.ts. */
  readonly errorCode: number;
}

const FIELDS: readonly SampleField[] = ['tid', 'time', 'cpu', 'raw'];

export function exceptionEvent(
  format: ExceptionFormat,
  { inherit, enableOnExec = false }: { readonly inherit: boolean; readonly enableOnExec?: boolean },
): EventAttributes {
  return { source: { kind: 'tracepoint', id: format.id }, sample: FIELDS, period: 1, inherit, enableOnExec };
}

export class ExceptionDecoder {
  readonly layout: SampleLayout = sampleLayout(FIELDS);
  readonly #base: TimeBase;
  readonly #addressAt: number;
  readonly #codeAt: number;
  readonly #tidAt: number;
  readonly #timeAt: number;

  /** @throws FormatError where the event has no such fields, or not of 64 bits */
  constructor(format: ExceptionFormat, base: TimeBase) {
    this.#base = base;
    this.#addressAt = fieldWord(format, 'address', 8);
    this.#codeAt = fieldWord(format, 'error_code', 8);
    this.#tidAt = (this.layout.fixed.tid as number) + 1;
    this.#timeAt = this.layout.fixed.time as number;
  }

  decode(record: RingCursor): FaultException {
    const { rawAt } = sampleTail(record, this.layout);
    return {
      tid: record.word(this.#tidAt),
      timeNs: this.#base.at(record, this.#timeAt),
      address: record.number(rawAt + this.#addressAt),
      errorCode: record.word(rawAt + this.#codeAt),
    };
  }
}

/** The last exception of each thread, until the fault it was for begins. Events must come in the order of time. */
export class ErrorCodes {
  readonly #last = new Map<number, FaultException>();

  add(exception: FaultException): void {
    this.#last.set(exception.tid, exception);
  }

  /** null where the exception was lost, or there is none: a page that the kernel brings in itself. */
  take(tid: number, address: number): number | null {
    const last = this.#last.get(tid);
    if (last === undefined) return null;
    this.#last.delete(tid);
    return last.address === address ? last.errorCode : null;
  }
}
