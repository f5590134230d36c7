/** Faults counted by the memory node of their page, and how many of them crossed from another node. */
import { BATCH_FAULTS, type FaultBatch } from './fault-batch.ts';
import { MOST_NODES } from './page-nodes.ts';
import { type Share, Tallies } from './tallies.ts';

/** Faults whose page lies on a node. */
export interface NodeShare extends Share {
  readonly node: number;
  /** Of them, those of CPUs of other nodes. */
  readonly remoteFaults: number;
  readonly remoteStallNs: number;
}

export class NodeTallies {
  /** By the number of the node and one; 0 for faults of which it is not known. */
  readonly #all = new Tallies(MOST_NODES + 1);
  readonly #remoteFaults = new Float64Array(MOST_NODES + 1);
  readonly #remoteStallsNs = new Float64Array(MOST_NODES + 1);
  readonly #ids = new Uint16Array(BATCH_FAULTS);

  /** @param slots where histograms count the latency of each */
  addBatch(batch: FaultBatch, slots: Uint16Array): void {
    const ids = this.#ids;
    for (let row = 0; row < batch.length; row += 1) {
      const home = batch.homes[row] as number;
      const id = home >>> 1;
      ids[row] = id;
      if ((home & 1) === 0) continue;
      this.#remoteFaults[id] = (this.#remoteFaults[id] as number) + 1;
      this.#remoteStallsNs[id] = (this.#remoteStallsNs[id] as number) + (batch.latenciesNs[row] as number);
    }
    this.#all.addBatch(ids, batch, slots);
  }

  /** By node; only nodes that pages came from. */
  shares(): NodeShare[] {
    return this.#all
      .shares()
      .filter(({ id }) => id > 0)
      .map(({ id, share }) => ({
        node: id - 1,
        ...share,
        remoteFaults: this.#remoteFaults[id] as number,
        remoteStallNs: this.#remoteStallsNs[id] as number,
      }));
  }
}
