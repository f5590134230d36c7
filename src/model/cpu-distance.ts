/** What two CPUs share, as the kernel tells it: the classes of keel bench c2c, and of moves in keel late. */
import type { Sentence } from '../base/sentence.ts';
import { type CpuTopology, lastLevelCache } from './topology.ts';

/** The nearest first. */
export const CPU_DISTANCES = [
  'smt-siblings',
  'same-cluster',
  'same-llc',
  'same-package',
  'other-node',
  'other-package',
] as const;
export type CpuDistance = (typeof CPU_DISTANCES)[number];

export const DISTANCE_NAMES: Readonly<Record<CpuDistance, Sentence>> = {
  'smt-siblings': { en: 'SMT siblings', ko: 'SMT 형제' },
  'same-cluster': { en: 'same cluster', ko: '같은 클러스터' },
  'same-llc': { en: 'same LLC', ko: '같은 LLC' },
  'same-package': { en: 'other LLC', ko: '다른 LLC' },
  'other-node': { en: 'other node', ko: '다른 노드' },
  'other-package': { en: 'other package', ko: '다른 패키지' },
};

/** A group that the kernel does not tell of is not shared. */
export function cpuDistance(a: CpuTopology, b: CpuTopology): CpuDistance {
  if (a.groups.core?.has(b.cpu)) return 'smt-siblings';
  const llc = lastLevelCache(a)?.cpus;
  const cluster = a.groups.cluster;
  // A cluster as large as the cache domain, or as the core, says nothing of its own.
  const isCluster = cluster !== null && llc !== undefined && cluster.size < llc.size;
  if (isCluster && cluster.has(b.cpu)) return 'same-cluster';
  if (llc?.has(b.cpu)) return 'same-llc';
  if (a.groups.package?.has(b.cpu) === false) return 'other-package';
  return a.node === b.node ? 'same-package' : 'other-node';
}
