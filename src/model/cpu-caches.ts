/** The caches of each CPU. Identity is type, level and the CPUs that share it: ids have holes or are absent. */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, orNull } from '../base/missing.ts';
import { partition } from './cpu-groups.ts';
import type { CacheInfo } from './topology.ts';
import type { CacheReading, CpuReading } from './topology-readings.ts';

interface Placed {
  readonly cpu: number;
  readonly reading: CacheReading;
  readonly level: number;
  readonly type: CacheInfo['type'];
  readonly set: CpuSet;
}

/** @param cores by CPU: who shares a cache of which the kernel writes an empty list (seen on ia64) */
export function buildCaches(
  cpus: readonly CpuReading[],
  online: CpuSet,
  cores: ReadonlyMap<number, CpuSet>,
): ReadonlyMap<number, readonly CacheInfo[]> {
  const kinds = new Map<string, Placed[]>();
  for (const { cpu, caches } of cpus) {
    const seen = new Map<string, number>();
    for (const reading of caches) {
      const { level, type } = reading;
      if (isMissing(level) || isMissing(type)) continue;
      const kind = `${level} ${type}`;
      const nth = seen.get(kind) ?? 0;
      seen.set(kind, nth + 1);
      const placed = { cpu, reading, level, type, set: sharersOf(reading, cpu, cores) };
      kinds.set(`${kind} ${nth}`, [...(kinds.get(`${kind} ${nth}`) ?? []), placed]);
    }
  }
  const byCpu = new Map<number, CacheInfo[]>();
  for (const placed of kinds.values()) {
    const groups = partition(new Map(placed.map((one) => [one.cpu, one.set])), online);
    const own = new Map(placed.map((one) => [one.cpu, one]));
    for (const [cpu, shared] of groups) {
      // A CPU whose own folder tells nothing still shares what others say it shares.
      const teller = own.get(cpu) ?? placed.find((one) => shared.has(one.cpu));
      if (teller !== undefined) byCpu.set(cpu, [...(byCpu.get(cpu) ?? []), cacheInfo(teller, shared)]);
    }
  }
  for (const caches of byCpu.values()) caches.sort(byLevel);
  return byCpu;
}

/** The CPU itself where the kernel does not tell; the gap says so. */
function sharersOf(reading: CacheReading, cpu: number, cores: ReadonlyMap<number, CpuSet>): CpuSet {
  const set = orNull(reading.cpus);
  if (set === null) return CpuSet.of(cpu);
  if (set.isEmpty) return cores.get(cpu) ?? CpuSet.of(cpu);
  return set;
}

function cacheInfo({ reading, level, type }: Placed, cpus: CpuSet): CacheInfo {
  const sizeBytes = orNull(reading.sizeBytes);
  const lineBytes = orNull(reading.lineBytes);
  return {
    level,
    type,
    id: orNull(reading.id),
    sizeBytes: sizeBytes === 0 ? null : sizeBytes,
    lineBytes: lineBytes === 0 ? null : lineBytes,
    cpus,
  };
}

function byLevel(a: CacheInfo, b: CacheInfo): number {
  return a.level - b.level || (a.type < b.type ? -1 : a.type > b.type ? 1 : 0);
}
