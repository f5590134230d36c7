/** The baselines of groups of processes; those not asked for longest are forgotten where there are too many. */
import { Baseline, type SavedWeights } from './baseline.ts';

/** 160 numbers each, 1.3 MB together. */
const MOST = 1000;

export interface SavedBaseline extends SavedWeights {
  readonly group: string;
}

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

  /** In the order in which they would be forgotten. */
  saved(): readonly SavedBaseline[] {
    return [...this.#known].map(([group, baseline]) => ({ group, ...baseline.saved() }));
  }

  restore(saved: readonly SavedBaseline[]): void {
    for (const { group, ...weights } of saved.slice(-MOST)) this.#known.set(group, Baseline.from(weights));
  }
}

/** What `saved` gave, from a file; null where it is something else. */
export function parseBaselines(content: unknown): readonly SavedBaseline[] | null {
  const { baselines } = content as { readonly baselines?: unknown };
  return Array.isArray(baselines) && baselines.every(isSavedBaseline) ? baselines : null;
}

function isSavedBaseline(value: unknown): value is SavedBaseline {
  const { group, learnedNs, weights } = (value ?? {}) as Partial<SavedBaseline>;
  return typeof group === 'string' && Baseline.isSaved({ learnedNs, weights });
}
