/** The caches below the last level, in one sentence: how large, and shared by whom. */
import { CpuSet } from '../../../base/cpu-set.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { type CacheInfo, type CpuTopology, lastLevelCache, type Topology } from '../../../model/topology.ts';
import { formatBytes } from '../../output/format.ts';

interface Kind {
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly seen: { readonly cpu: CpuTopology; readonly cache: CacheInfo }[];
}

/** Null where no cache is known. */
export function cacheSentence(topology: Topology): Sentence | null {
  const kinds = new Map<string, Kind>();
  for (const cpu of topology.cpus) {
    const last = lastLevelCache(cpu);
    for (const cache of cpu.caches) {
      // The last level stands in the tree, unless it is a core's own.
      if (cache === last && !sameAsCore(cache, cpu)) continue;
      const name = cacheName(cache);
      const kind = kinds.get(`${name} ${cache.sizeBytes}`) ?? { name, sizeBytes: cache.sizeBytes, seen: [] };
      kind.seen.push({ cpu, cache });
      kinds.set(`${name} ${cache.sizeBytes}`, kind);
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

/** One word for all caches of a kind: a core that lost a sibling does not make two kinds of it. */
function scopeOf({ seen }: Kind): Sentence {
  if (seen.every(({ cpu, cache }) => sameAsCore(cache, cpu))) return { en: 'per core', ko: '코어마다' };
  const sizes = seen.map(({ cache }) => cache.cpus.size);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  if (most === 1) return { en: 'per CPU', ko: 'CPU마다' };
  const range = least === most ? `${most}` : `${least}-${most}`;
  return { en: `per ${range} CPUs`, ko: `CPU ${range}개마다` };
}

/** Neighbours of one scope share its word: "L1d 32 KiB and L2 512 KiB per core". */
function sentence(kinds: readonly Kind[], topology: Topology, language: 'en' | 'ko'): string {
  const groups: { texts: string[]; scope: string }[] = [];
  for (const kind of kinds) {
    const { name, sizeBytes, seen } = kind;
    const scope = scopeOf(kind);
    const everywhere = seen.length === topology.online.size;
    const where = everywhere ? '' : ` (${CpuSet.from(seen.map(({ cpu }) => cpu.cpu))})`;
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
