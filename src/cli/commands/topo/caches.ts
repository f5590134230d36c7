/** The caches below the last level, in one sentence: how large, and shared by whom. */
import { CpuSet } from '../../../base/cpu-set.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { type CacheInfo, type CpuTopology, lastLevelCache, type Topology } from '../../../model/topology.ts';
import { formatBytes } from '../../output/format.ts';

interface Kind {
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly scope: Sentence;
  readonly cpus: number[];
}

/** Null where no cache is known. */
export function cacheSentence(topology: Topology): Sentence | null {
  const kinds = new Map<string, Kind>();
  for (const cpu of topology.cpus) {
    const last = lastLevelCache(cpu);
    for (const cache of cpu.caches) {
      // The last level stands in the tree, unless it is a core's own.
      if (cache === last && !sameAsCore(cache, cpu)) continue;
      const scope = scopeOf(cache, cpu);
      const key = `${cacheName(cache)} ${cache.sizeBytes} ${scope.en}`;
      const known = kinds.get(key);
      if (known === undefined)
        kinds.set(key, { name: cacheName(cache), sizeBytes: cache.sizeBytes, scope, cpus: [cpu.cpu] });
      else known.cpus.push(cpu.cpu);
    }
  }
  if (kinds.size === 0) return null;
  const all = [...kinds.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { en: sentence(all, topology, 'en'), ko: sentence(all, topology, 'ko') };
}

function cacheName({ level, type }: CacheInfo): string {
  return `L${level}${type === 'Data' ? 'd' : type === 'Instruction' ? 'i' : ''}`;
}

function sameAsCore(cache: CacheInfo, cpu: CpuTopology): boolean {
  return cpu.groups.core?.equals(cache.cpus) === true;
}

function scopeOf(cache: CacheInfo, cpu: CpuTopology): Sentence {
  if (sameAsCore(cache, cpu)) return { en: 'per core', ko: '코어마다' };
  if (cache.cpus.size === 1) return { en: 'per CPU', ko: 'CPU마다' };
  return { en: `per ${cache.cpus.size} CPUs`, ko: `CPU ${cache.cpus.size}개마다` };
}

/** Neighbours of one scope share its word: "L1d 32 KiB and L2 512 KiB per core". */
function sentence(kinds: readonly Kind[], topology: Topology, language: 'en' | 'ko'): string {
  const groups: { texts: string[]; scope: string }[] = [];
  for (const { name, sizeBytes, scope, cpus } of kinds) {
    const everywhere = cpus.length === topology.online.size;
    const where = everywhere ? '' : ` (${CpuSet.from(cpus)})`;
    const text = `${name}${sizeBytes === null ? '' : ` ${formatBytes(sizeBytes)}`}`;
    const group = groups.at(-1);
    if (group?.scope === scope[language] + where) group.texts.push(text);
    else groups.push({ texts: [text], scope: scope[language] + where });
  }
  return groups
    .map(({ texts, scope }) =>
      language === 'en' ? `${texts.join(', ')} ${scope}` : `${scope} ${texts.join(', ')}`,
    )
    .join('; ');
}
