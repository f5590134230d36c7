/** Gives the plateaus of a latency curve the names of the caches that the kernel tells of, and says where they differ. */
import { type CurvePoint, findPlateaus, type Plateau } from '../stats/plateaus.ts';
import type { CpuTopology } from './topology.ts';

export interface ToldCache {
  /** `L1d`, `L2`. */
  readonly name: string;
  readonly sizeBytes: number;
}

export interface CacheLevel {
  /** Of a told cache, or `memory`; null for a plateau that fits none. */
  readonly name: string | null;
  /** The largest size that is still on the plateau. */
  readonly sizeBytes: number;
  readonly nsPerLoad: number;
  readonly toldBytes: number | null;
}

export interface CacheLevels {
  readonly levels: readonly CacheLevel[];
  /** Told, but without a step of the curve. */
  readonly unseen: readonly ToldCache[];
  /** The curve goes far enough beyond the largest cache to show memory. */
  readonly reachesMemory: boolean;
}

/** The caches of a CPU that hold data, the smallest first. */
export function toldCaches(cpu: CpuTopology): readonly ToldCache[] {
  return cpu.caches
    .flatMap(({ level, type, sizeBytes }) =>
      type === 'Instruction' || sizeBytes === null
        ? []
        : [{ name: `L${level}${type === 'Data' ? 'd' : ''}`, sizeBytes }],
    )
    .sort((a, b) => a.sizeBytes - b.sizeBytes);
}

/**
 * A step lies below the size of its cache: other data, the page tables and random replacement take a part of it. Where
 * it ends earlier than a third, the cache is not what was told, or somebody else has the rest.
 */
const EARLIEST_RATIO = 1 / 3;
const LATEST_RATIO = 1.34;
/** Up to twice the cache a part of the loads still hits. */
const BEYOND_FACTOR = 2;

/** @param curve nanoseconds a load (y) by bytes (x), ascending */
export function cacheLevels(curve: readonly CurvePoint[], told: readonly ToldCache[]): CacheLevels {
  const plateaus = findPlateaus(curve);
  const last = curve.at(-1)?.x ?? 0;
  const largest = told.at(-1)?.sizeBytes ?? 0;
  const reachesMemory = last >= largest * BEYOND_FACTOR;
  const owners = new Map<Plateau, ToldCache>();
  for (const cache of told) {
    const fits = plateaus.filter(
      (plateau) => !owners.has(plateau) && plateau.toX < last && endsAt(plateau, cache),
    );
    const best = fits.sort((a, b) => distance(a, cache) - distance(b, cache))[0];
    if (best !== undefined) owners.set(best, cache);
  }
  const levels = plateaus.map((plateau): CacheLevel => {
    const cache = owners.get(plateau) ?? null;
    const isMemory = plateau.toX === last && reachesMemory;
    return {
      name: cache?.name ?? (isMemory ? 'memory' : null),
      sizeBytes: plateau.toX,
      nsPerLoad: plateau.y,
      toldBytes: cache?.sizeBytes ?? null,
    };
  });
  const seen = new Set(owners.values());
  const unseen = told.filter((cache) => !seen.has(cache) && cache.sizeBytes * LATEST_RATIO < last);
  return { levels, unseen, reachesMemory };
}

function endsAt({ toX }: Plateau, { sizeBytes }: ToldCache): boolean {
  return toX >= sizeBytes * EARLIEST_RATIO && toX <= sizeBytes * LATEST_RATIO;
}

function distance({ toX }: Plateau, { sizeBytes }: ToldCache): number {
  return Math.abs(Math.log(toX / sizeBytes));
}
