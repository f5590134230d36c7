/** Faults out of raw records: decoded, put into the order of time, paired and explained. Live, or from a spool. */
import { FaultPairing, type ServedFault } from '../perf/consumers/fault-pairing.ts';
import { ErrorCodes } from '../perf/fault-exceptions.ts';
import type { FaultRole, FaultSample } from '../perf/fault-samples.ts';
import { decodeOther, type OtherRecord } from '../perf/records.ts';
import type { RingCursor } from '../perf/ring-cursor.ts';
import type { TimeBase } from '../perf/time-base.ts';
import { TimeMerge } from '../perf/time-merge.ts';
import type { FaultExplainer, TracedFault } from './explain-faults.ts';
import type { FaultDecoders } from './fault-events.ts';

type Timed = FaultSample | Exclude<OtherRecord, { kind: 'lost' }>;

export interface FaultSinks {
  readonly explainer: FaultExplainer;
  readonly each: (fault: TracedFault) => void;
  readonly comesTo?: (timeNs: number) => void;
}

export class FaultStream {
  readonly #base: TimeBase;
  readonly #decoders: FaultDecoders;
  readonly #explainer: FaultExplainer;
  readonly #each: (fault: TracedFault) => void;
  readonly #records = new TimeMerge<Timed>((record) => record.timeNs);
  /** By their end, which is when it is known what they were for. */
  readonly #served = new TimeMerge<ServedFault>((fault) => fault.timeNs + fault.latencyNs);
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

  /** A fault that came whole. */
  takeServed(fault: ServedFault): void {
    this.#served.push(fault);
  }

  /** Works through what is older than the limit, after the base. */
  advance(limitNs: number): void {
    const served = this.#served.takeUntil(limitNs);
    let next = 0;
    for (const record of this.#records.takeUntil(limitNs)) {
      for (; next < served.length && endOf(served[next] as ServedFault) <= record.timeNs; next += 1)
        this.#explain(served[next] as ServedFault);
      this.#comesTo(record.timeNs);
      this.#apply(record);
    }
    for (; next < served.length; next += 1) this.#explain(served[next] as ServedFault);
  }

  #explain(fault: ServedFault): void {
    this.#comesTo(endOf(fault));
    this.#each(this.#explainer.explain(fault));
  }

  #apply(record: Timed): void {
    if ('role' in record) {
      const served = this.#pairing.add(record);
      if (served !== null) this.#each(this.#explainer.explain(served));
    } else if (record.kind === 'switch') this.#pairing.addSwitch(record);
    else this.#explainer.apply(record);
  }
}

function endOf({ timeNs, latencyNs }: ServedFault): number {
  return timeNs + latencyNs;
}
