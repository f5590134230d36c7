/** The baselines of groups of processes; those not asked for longest are forgotten where there are too many. */
import { Baseline } from './baseline.ts';

/** 160 numbers each, 1.3 MB together. */
const MOST = 1000;

export class Baselines {
  readonly #known = new Map<string, Baseline>();

  of(group: string): Baseline {
    const known = this.#known.get(group) ?? new Baseline();
    // A map keeps the order of insertion: the first is the one not asked for longest.
    this.#known.delete(group);
    this.#known.set(group, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }
}
