/** Late events by BPF programs, which tell only what matters to the target. */
import { mapMaybe } from '../base/missing.ts';
import { type LateEvent, turnsUntil } from '../model/late/events.ts';
import { decodeOther } from '../perf/records.ts';
import type { RingCursor } from '../perf/ring-cursor.ts';
import type { TimeBase } from '../perf/time-base.ts';
import { TimeMerge } from '../perf/time-merge.ts';
import type { LateFaultCounts } from './assemble-late-events.ts';
import { LATE_LAYOUT, LateDecoder, type LateLookups } from './decode-late-events.ts';
import { type LateEventSource, openLateEvents } from './late-events.ts';
import type { LateFeed, OpenLateFeed } from './late-feed.ts';

export const openLateFeedByBpf: OpenLateFeed = (host, scope, base, lookups) =>
  mapMaybe(openLateEvents(host, scope), (source) => new BpfLateFeed(source, base, lookups));

class BpfLateFeed implements LateFeed {
  readonly obtainedBy = 'bpf';
  readonly #source: LateEventSource;
  readonly #base: TimeBase;
  readonly #decoder: LateDecoder;
  readonly #merge = new TimeMerge<LateEvent>((event) => event.timeNs);
  #lost = 0;
  /** What was counted when it was detached: the counters go with the programs. */
  #final: LateFaultCounts | null = null;

  constructor(source: LateEventSource, base: TimeBase, lookups: LateLookups) {
    this.#source = source;
    this.#base = base;
    this.#decoder = new LateDecoder(base, lookups);
  }

  get lost(): number {
    return this.#lost;
  }

  drain(limitNs: number, each: (event: LateEvent) => void): number {
    const { fullestRatio } = this.#source.rings.drain((record, name) => this.#take(record, name));
    for (const event of this.#merge.takeUntil(limitNs)) each(event);
    return fullestRatio;
  }

  counts(): LateFaultCounts {
    if (this.#final !== null) return this.#final;
    const { minorFaults, majorFaults, shortFaults, shortFaultNs } = this.#source.counts();
    return {
      minorFaults: Number(minorFaults),
      majorFaults: Number(majorFaults),
      shortFaults: Number(shortFaults),
      shortFaultNs: Number(shortFaultNs),
    };
  }

  finish(limitNs: number, tids: readonly number[], each: (event: LateEvent) => void): void {
    this.#final = this.counts();
    this.#source.detach();
    this.#source.rings.drain((record, name) => this.#take(record, name));
    for (const tid of tids) {
      const record = this.#source.keptTurns(tid);
      if (record !== null) this.#merge.push(this.#decoder.decodeTurns(record));
    }
    for (const event of this.#merge.takeUntil(Number.POSITIVE_INFINITY)) {
      if (event.timeNs <= limitNs) each(event);
      else if (event.kind === 'turns') {
        const over = turnsUntil(event, limitNs);
        if (over !== null) each(over);
      }
    }
  }

  [Symbol.dispose](): void {
    this.#source[Symbol.dispose]();
  }

  #take(record: RingCursor, name: string | null): void {
    if (name !== null) {
      const event = this.#decoder.decode(record);
      if (event !== null) this.#merge.push(event);
      return;
    }
    const other = decodeOther(record, LATE_LAYOUT, this.#base);
    if (other?.kind === 'lost') this.#lost += other.records;
  }
}
