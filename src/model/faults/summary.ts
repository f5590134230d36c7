/** What a recording of page faults says, by stall time: how long threads were held, by what, and where. */
import { LogHistogram } from '../../stats/log-histogram.ts';
import type { MappingKind, Place } from './address-space.ts';
import type { FaultCause } from './cause.ts';

/** A served fault, explained. */
export interface ExplainedFault {
  readonly kind: 'minor' | 'major';
  readonly tgid: number;
  readonly tid: number;
  readonly cpu: number;
  /** Begin, after the start of the recording. */
  readonly timeNs: number;
  /** From the begin of the fault to its completion: what the thread was held for. */
  readonly latencyNs: number;
  readonly address: number;
  readonly pageBytes: number | null;
  readonly place: Pick<Place, 'kind' | 'path' | 'fileOffset'>;
  readonly cause: FaultCause;
  /** In the table of stacks that belongs to the recording; NO_STACK where the code is not known. */
  readonly stack: number;
}

export interface Share {
  readonly faults: number;
  readonly minor: number;
  readonly major: number;
  readonly stallNs: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

export interface MappingShare extends Share {
  readonly kind: MappingKind;
  readonly path: string;
}

export interface FaultSummary {
  readonly total: Share;
  /** Each list by stall, the heaviest first. */
  readonly byCause: readonly ({ readonly cause: FaultCause } & Share)[];
  readonly byMapping: readonly MappingShare[];
  readonly byThread: readonly ({ readonly tgid: number; readonly tid: number } & Share)[];
  readonly byCpu: readonly ({ readonly cpu: number } & Share)[];
  /** Faults per distinct page that faulted: far above 1, memory is given back and touched again. */
  readonly refaultRatio: number | null;
}

class Tally {
  minor = 0;
  major = 0;
  readonly latencies = new LogHistogram();

  add(fault: ExplainedFault): void {
    if (fault.kind === 'minor') this.minor += 1;
    else this.major += 1;
    this.latencies.add(fault.latencyNs);
  }

  share(): Share {
    const { latencies } = this;
    return {
      faults: latencies.count,
      minor: this.minor,
      major: this.major,
      stallNs: latencies.sum,
      p50Ns: latencies.quantile(0.5) ?? 0,
      p99Ns: latencies.quantile(0.99) ?? 0,
      maxNs: latencies.max,
    };
  }
}

/** Distinct pages are counted up to here; beyond it the ratio would cost more memory than it is worth. */
const MOST_PAGES = 1_000_000;
/** Mappings and threads kept apart; a hostile target could make endless ones. The rest is one row named "". */
const MOST_KEYS = 10_000;
/** Room for the pages of one process in a number that also names the process. */
const PAGES_OF_PROCESS = 2 ** 36;

/** Every fault of a recording passes here, so keys are numbers, or strings that are not put together anew. */
export class FaultTotals {
  readonly #total = new Tally();
  readonly #byCause = new Map<FaultCause, Tally>();
  readonly #byMapping = new Map<MappingKind, Map<string, Tally>>();
  #mappings = 0;
  readonly #byThread = new Map<number, { readonly tgid: number; readonly tally: Tally }>();
  readonly #byCpu = new Map<number, Tally>();
  readonly #pages = new Set<number>();
  readonly #processes = new Map<number, number>();

  add(fault: ExplainedFault): void {
    this.#total.add(fault);
    tallyOf(this.#byCause, fault.cause, newTally).add(fault);
    tallyOf(this.#byCpu, fault.cpu, newTally).add(fault);
    const tid = this.#byThread.has(fault.tid) || this.#byThread.size < MOST_KEYS ? fault.tid : 0;
    tallyOf(this.#byThread, tid, () => ({ tgid: fault.tgid, tally: new Tally() })).tally.add(fault);
    this.#mapping(fault).add(fault);
    if (this.#pages.size < MOST_PAGES) this.#pages.add(this.#pageKey(fault));
  }

  summary(): FaultSummary {
    const heaviest = <T extends Share>(shares: T[]) => shares.sort((a, b) => b.stallNs - a.stallNs);
    const total = this.#total.share();
    const mappings = [...this.#byMapping].flatMap(([kind, paths]) =>
      [...paths].map(([path, tally]) => ({ kind, path, ...tally.share() })),
    );
    return {
      total,
      byCause: heaviest([...this.#byCause].map(([cause, tally]) => ({ cause, ...tally.share() }))),
      byMapping: heaviest(mappings),
      byThread: heaviest(
        [...this.#byThread].map(([tid, { tgid, tally }]) => ({ tgid, tid, ...tally.share() })),
      ),
      byCpu: heaviest([...this.#byCpu].map(([cpu, tally]) => ({ cpu, ...tally.share() }))),
      refaultRatio:
        this.#pages.size === 0 || this.#pages.size >= MOST_PAGES ? null : total.faults / this.#pages.size,
    };
  }

  #mapping({ place }: ExplainedFault): Tally {
    const known = this.#byMapping.get(place.kind)?.get(place.path);
    if (known !== undefined) return known;
    const isKept = this.#mappings < MOST_KEYS;
    if (isKept) this.#mappings += 1;
    const paths = tallyOf(this.#byMapping, isKept ? place.kind : 'unknown', () => new Map<string, Tally>());
    return tallyOf(paths, isKept ? place.path : '', newTally);
  }

  #pageKey({ tgid, address }: ExplainedFault): number {
    const process = tallyOf(this.#processes, tgid, () => this.#processes.size);
    return process * PAGES_OF_PROCESS + Math.floor(address / 4096);
  }
}

const newTally = () => new Tally();

function tallyOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
