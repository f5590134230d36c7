/** Caches of POWER machines from the nodes of the device tree. */
import { CpuSet, MAX_CPU } from '../base/cpu-set.ts';
import { missing } from '../base/missing.ts';
import type { CacheType } from '../kernel/cpu/cache.ts';
import type { CacheReading } from './topology-readings.ts';

/** A core, or a cache that cores or other caches name as their next one. Sizes in bytes. */
export interface DeviceTreeNode {
  /** The CPUs of a core, by thread; empty for a cache. */
  readonly cpus: readonly number[];
  readonly handle: number | null;
  /** The handle of the next cache. */
  readonly next: number | null;
  readonly unified: boolean;
  readonly data: DeviceTreeCache;
  readonly instruction: DeviceTreeCache;
}

export interface DeviceTreeCache {
  readonly sizeBytes: number | null;
  readonly lineBytes: number | null;
}

/** Chains of caches are short; a longer one is a circle. */
const HIGHEST_LEVEL = 5;

/** The caches of each CPU: its core's own at level 1, then along the chain of handles. */
export function cachesOfDeviceTree(
  nodes: readonly DeviceTreeNode[],
): ReadonlyMap<number, readonly CacheReading[]> {
  const byHandle = new Map(
    nodes.flatMap((node) => (node.handle === null ? [] : [[node.handle, node] as const])),
  );
  const chains = nodes
    .map((node) => ({ cpus: node.cpus.filter((cpu) => cpu <= MAX_CPU), chain: chainOf(node, byHandle) }))
    .filter(({ cpus }) => cpus.length > 0);
  const sharers = new Map<DeviceTreeNode, number[]>();
  for (const { cpus, chain } of chains)
    for (const node of chain) sharers.set(node, [...(sharers.get(node) ?? []), ...cpus]);
  const byCpu = new Map<number, readonly CacheReading[]>();
  for (const { cpus, chain } of chains) {
    const readings = chain.flatMap((node, i) =>
      readingsOf(node, i + 1, CpuSet.from(sharers.get(node) ?? cpus)),
    );
    for (const cpu of cpus) byCpu.set(cpu, readings);
  }
  return byCpu;
}

function chainOf(
  core: DeviceTreeNode,
  byHandle: ReadonlyMap<number, DeviceTreeNode>,
): readonly DeviceTreeNode[] {
  const chain: DeviceTreeNode[] = [];
  for (let at: DeviceTreeNode | undefined = core; at !== undefined && chain.length < HIGHEST_LEVEL; ) {
    if (chain.includes(at)) break;
    chain.push(at);
    at = at.next === null ? undefined : byHandle.get(at.next);
  }
  return chain;
}

function readingsOf(node: DeviceTreeNode, level: number, cpus: CpuSet): CacheReading[] {
  const reading = (type: CacheType, cache: DeviceTreeCache): CacheReading[] =>
    cache.sizeBytes === null || cache.sizeBytes === 0
      ? []
      : [
          {
            level,
            type,
            id: missing('absent', 'id of a cache in the device tree'),
            sizeBytes: cache.sizeBytes,
            lineBytes: cache.lineBytes ?? missing('absent', 'line size of a cache in the device tree'),
            cpus,
          },
        ];
  if (node.unified) return reading('Unified', node.data);
  return [...reading('Data', node.data), ...reading('Instruction', node.instruction)];
}
