/** How long single waits or faults took in an interval: folded by the kernel into powers of two. */

export interface Distribution {
  readonly events: number;
  readonly totalNs: number;
  /** Slot i counts 2^i up to below 2^(i+1) nanoseconds, slot 0 also 0. Cut behind the last one that is not empty. */
  readonly octaves: readonly number[];
}

export const NOTHING: Distribution = { events: 0, totalNs: 0, octaves: [] };

/** What the kernel keeps of one thread since it began to count. */
export interface CountedLatency {
  readonly events: bigint;
  readonly totalNs: bigint;
  readonly buckets: readonly bigint[];
}

/** What came between two readings; all of the later one where there is no earlier. */
export function distributionBetween(before: CountedLatency | undefined, after: CountedLatency): Distribution {
  const octaves = after.buckets.map((count, i) => Number(count - (before?.buckets[i] ?? 0n)));
  return {
    events: Number(after.events - (before?.events ?? 0n)),
    totalNs: Number(after.totalNs - (before?.totalNs ?? 0n)),
    octaves: withoutTail(octaves),
  };
}

export function addDistributions(all: Iterable<Distribution>): Distribution {
  let [events, totalNs] = [0, 0];
  const octaves: number[] = [];
  for (const one of all) {
    events += one.events;
    totalNs += one.totalNs;
    one.octaves.forEach((count, i) => {
      octaves[i] = (octaves[i] ?? 0) + count;
    });
  }
  return { events, totalNs, octaves: withoutTail(Array.from(octaves, (count) => count ?? 0)) };
}

function withoutTail(octaves: readonly number[]): readonly number[] {
  return octaves.slice(0, octaves.findLastIndex((count) => count > 0) + 1);
}

/**
 * The quantile by nearest rank, in the middle of its octave on a logarithmic scale: right within a factor of 1.42.
 * @param share 0 to 1
 * @returns null of nothing
 */
export function quantileNs({ octaves }: Distribution, share: number): number | null {
  const counted = octaves.reduce((sum, count) => sum + count, 0);
  if (counted === 0) return null;
  let left = Math.max(1, Math.ceil(share * counted));
  for (const [octave, count] of octaves.entries()) {
    left -= count;
    if (left <= 0) return 2 ** octave * Math.SQRT2;
  }
  return null;
}
