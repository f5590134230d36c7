/**
 * What is usual for a group of processes: a histogram of the values seen, four buckets an octave, in which old values
 * fade. Takes the same memory whatever it has seen.
 */
const BUCKETS_PER_OCTAVE = 4;
const OCTAVES = 40;
const BUCKETS = BUCKETS_PER_OCTAVE * OCTAVES;
/** After a day half of the weight is gone: long enough to hold the busy hour, short enough to follow a new version. */
const HALF_LIFE_NS = 24 * 3600e9;
const QUANTILE = 0.95;

/** As it is kept in a file. */
export interface SavedWeights {
  readonly learnedNs: number;
  /** Buckets that hold something, with the nanoseconds of today that they are worth. */
  readonly weights: readonly (readonly [bucket: number, weightNs: number])[];
}

export class Baseline {
  readonly #weights = new Float64Array(BUCKETS);
  #learnedNs = 0;
  /** The weight of a new second grows instead of all old ones shrinking at each step. */
  #growth = 1;

  /** How long it has looked. */
  get learnedNs(): number {
    return this.#learnedNs;
  }

  add(value: number, elapsedNs: number): void {
    if (elapsedNs <= 0) return;
    this.#growth *= 2 ** (elapsedNs / HALF_LIFE_NS);
    const bucket = bucketOf(value);
    this.#weights[bucket] = (this.#weights[bucket] ?? 0) + this.#growth * elapsedNs;
    this.#learnedNs += elapsedNs;
    if (this.#growth > 1e12) this.#rescale();
  }

  /** The 95th percentile, as the upper end of its bucket: at most a fifth too high. 0 before anything was seen. */
  usual(): number {
    const total = this.#weights.reduce((sum, weight) => sum + weight, 0);
    let below = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      below += this.#weights[bucket] ?? 0;
      if (below > 0 && below >= total * QUANTILE)
        return bucket === 0 ? 0 : 2 ** (bucket / BUCKETS_PER_OCTAVE);
    }
    return 0;
  }

  saved(): SavedWeights {
    this.#rescale();
    const weights: [number, number][] = [];
    for (const [bucket, weightNs] of this.#weights.entries()) {
      if (weightNs >= 1) weights.push([bucket, Math.round(weightNs)]);
    }
    return { learnedNs: this.#learnedNs, weights };
  }

  static from({ learnedNs, weights }: SavedWeights): Baseline {
    const baseline = new Baseline();
    baseline.#learnedNs = learnedNs;
    for (const [bucket, weightNs] of weights) baseline.#weights[bucket] = weightNs;
    return baseline;
  }

  static isSaved(value: { readonly learnedNs: unknown; readonly weights: unknown }): value is SavedWeights {
    const { learnedNs, weights } = value;
    return isNs(learnedNs) && Array.isArray(weights) && weights.every(isWeight);
  }

  #rescale(): void {
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      this.#weights[bucket] = (this.#weights[bucket] ?? 0) / this.#growth;
    }
    this.#growth = 1;
  }
}

/** The first bucket holds what is below 1. */
function bucketOf(value: number): number {
  if (!(value >= 1)) return 0;
  return Math.min(BUCKETS - 1, Math.floor(Math.log2(value) * BUCKETS_PER_OCTAVE) + 1);
}

function isNs(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isWeight(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [bucket, weightNs] = value;
  return Number.isInteger(bucket) && bucket >= 0 && bucket < BUCKETS && isNs(weightNs);
}
