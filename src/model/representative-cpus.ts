/** One CPU for each kind of place: what is measured where measuring every CPU would take too long. */
import { CpuSet } from '../base/cpu-set.ts';
import { type CpuTopology, lastLevelCache, type Topology } from './topology.ts';

/** As many are measured all. */
const FEW = 4;

/** The first CPU of each shared last-level cache, node and core type; all of them where they are few. */
export function representativeCpus(topology: Topology, among: CpuSet): CpuSet {
  if (among.size <= FEW) return among;
  const first = new Map<string, number>();
  for (const cpu of topology.cpus) {
    if (!among.has(cpu.cpu)) continue;
    const kind = [cacheKind(cpu), cpu.node, cpu.coreType].join(' ');
    if (!first.has(kind)) first.set(kind, cpu.cpu);
  }
  return CpuSet.from(first.values());
}

/** A cache that no other core shares is a property of the CPU, not a place. */
function cacheKind(cpu: CpuTopology): string {
  const cache = lastLevelCache(cpu);
  if (cache === null) return 'unknown';
  const isOwn = cache.cpus.isSubsetOf(cpu.groups.core ?? CpuSet.of(cpu.cpu));
  return isOwn ? `L${cache.level} ${cache.sizeBytes}` : cache.cpus.toString();
}
