/** Faults out of raw records: decoded, put into the order of time, and paired. Live, or from a spool. */
import { FaultPairing, type ServedFault } from '../perf/consumers/fault-pairing.ts';
import { ErrorCodes } from '../perf/fault-exceptions.ts';
import type { FaultRole, FaultSample } from '../perf/fault-samples.ts';
import { decodeOther, type OtherRecord, RECORD } from '../perf/records.ts';
import type { RingCursor } from '../perf/ring-cursor.ts';
import { ServedFaults } from '../perf/served-faults.ts';
import type { TimeBase } from '../perf/time-base.ts';
import { TimeMerge } from '../perf/time-merge.ts';
import type { FaultExplainer } from './explain-faults.ts';
import type { FaultDecoders } from './fault-events.ts';

type Timed = FaultSample | Exclude<OtherRecord, { kind: 'lost' }>;

export interface FaultSinks {
  /** Is told of changes of mappings. */
  readonly explainer: FaultExplainer;
  readonly each: (fault: ServedFault) => void;
  /** The same for a row of those that came whole; good for the call only. */
  readonly eachWhole?: (faults: ServedFaults, row: number) => void;
  readonly comesTo?: (timeNs: number) => void;
}

export class FaultStream {
  readonly #base: TimeBase;
  readonly #decoders: FaultDecoders;
  readonly #explainer: FaultExplainer;
  readonly #each: (fault: ServedFault) => void;
  readonly #eachWhole: (faults: ServedFaults, row: number) => void;
  readonly #records = new TimeMerge<Timed>((record) => record.timeNs);
  /** Faults that came whole, to be explained at their end, which is when it is known what they were for. */
  readonly whole = new ServedFaults();
  readonly #pairing = new FaultPairing();
  readonly #codes = new ErrorCodes();
  readonly #samples: Record<FaultRole, number> = { entry: 0, minor: 0, major: 0 };
  readonly #comesTo: (timeNs: number) => void;
  #lost = 0;

  /** @param sinks.comesTo is told the time of what is explained next */
  constructor(base: TimeBase, decoders: FaultDecoders, sinks: FaultSinks) {
    this.#base = base;
    this.#decoders = decoders;
    this.#explainer = sinks.explainer;
    this.#each = sinks.each;
    this.#eachWhole = sinks.eachWhole ?? (() => {});
    this.#comesTo = sinks.comesTo ?? (() => {});
  }

  get samples(): Readonly<Record<FaultRole, number>> {
    return this.#samples;
  }

  /** What records of loss have told; the last loss of a ring that stays full is told by none. */
  get lost(): number {
    return this.#lost;
  }

  get pairing() {
    return this.#pairing.totals;
  }

  /** A record of a perf ring; `name` is that of its event, null where it is no sample. */
  take(record: RingCursor, name: string | null): void {
    const decoder = name === null ? undefined : this.#decoders.byEvent.get(name);
    if (decoder !== undefined) {
      const sample = decoder.decode(record);
      this.#samples[sample.role] += 1;
      this.#records.push(sample.role === 'entry' ? this.#withCode(sample) : sample);
      return;
    }
    const unnamed = name === null && record.type === RECORD.sample ? this.#decoders.unnamed?.(record) : null;
    if (unnamed != null) {
      this.#samples[unnamed.role] += 1;
      this.#records.push(unnamed);
      return;
    }
    const exception = name === null ? undefined : this.#decoders.exceptions?.get(name);
    if (exception !== undefined) {
      this.#codes.add(exception.decode(record));
      return;
    }
    const other = decodeOther(record, this.#decoders.layout, this.#base);
    if (other === null) return;
    if (other.kind === 'lost') this.#lost += other.records;
    else this.#records.push(other);
  }

  /** An exception and the entry behind it come on one CPU, so in the order of its ring. */
  #withCode(entry: FaultSample): FaultSample {
    if (this.#decoders.exceptions === undefined) return entry;
    return { ...entry, errorCode: this.#codes.take(entry.tid, entry.address) };
  }

  /** Works through what is older than the limit, after the base. */
  advance(limitNs: number): void {
    const rows = this.whole.rowsUntil(limitNs);
    let next = 0;
    for (const record of this.#records.takeUntil(limitNs)) {
      for (; next < rows.length && this.whole.endNs(rows[next] as number) <= record.timeNs; next += 1)
        this.#tellWhole(rows[next] as number);
      this.#comesTo(record.timeNs);
      this.#apply(record);
    }
    for (; next < rows.length; next += 1) this.#tellWhole(rows[next] as number);
    this.whole.dropUntil(limitNs);
  }

  #tellWhole(row: number): void {
    this.#comesTo(this.whole.endNs(row));
    this.#eachWhole(this.whole, row);
  }

  #apply(record: Timed): void {
    if ('role' in record) {
      const served = this.#pairing.add(record);
      if (served !== null) this.#each(served);
    } else if (record.kind === 'switch') this.#pairing.addSwitch(record);
    else this.#explainer.apply(record);
  }
}
