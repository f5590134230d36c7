/** Faults counted by number: of a cause, a thread, a place or a CPU. */
import { LogHistogram } from '../../stats/log-histogram.ts';
import type { FaultBatch } from './fault-batch.ts';

export interface Share {
  readonly faults: number;
  readonly minor: number;
  readonly major: number;
  readonly stallNs: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

class Tally {
  majors = 0;
  readonly latencies = new LogHistogram();

  share(): Share {
    const { latencies, majors } = this;
    return {
      faults: latencies.count,
      minor: latencies.count - majors,
      major: majors,
      stallNs: latencies.sum,
      p50Ns: latencies.quantile(0.5) ?? 0,
      p99Ns: latencies.quantile(0.99) ?? 0,
      maxNs: latencies.max,
    };
  }
}

export class Tallies {
  readonly #most: number;
  readonly #tallies: (Tally | undefined)[] = [];

  /** @param most numbers from here on are counted under 0 */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @param ids what each fault of the batch is counted under
   * @param slots where histograms count the latency of each
   */
  addBatch(ids: ArrayLike<number>, { length, latenciesNs, majors }: FaultBatch, slots: Uint16Array): void {
    const tallies = this.#tallies;
    const most = this.#most;
    for (let row = 0; row < length; row += 1) {
      const id = ids[row] as number;
      const tally = (id < most ? tallies[id] : tallies[0]) ?? this.#open(id);
      tally.majors += majors[row] as number;
      tally.latencies.addAt(slots[row] as number, latenciesNs[row] as number);
    }
  }

  /** Those that faults were counted under, by number. */
  shares(): { readonly id: number; readonly share: Share }[] {
    return this.#tallies.flatMap((tally, id) => (tally === undefined ? [] : { id, share: tally.share() }));
  }

  /** All together. */
  total(): Share {
    const total = new Tally();
    for (const tally of this.#tallies) {
      if (tally === undefined) continue;
      total.majors += tally.majors;
      total.latencies.merge(tally.latencies);
    }
    return total.share();
  }

  #open(id: number): Tally {
    const tally = new Tally();
    // Without holes, which would make the list slow.
    const at = id < this.#most ? id : 0;
    while (this.#tallies.length <= at) this.#tallies.push(undefined);
    this.#tallies[at] = tally;
    return tally;
  }
}
