/** Reads the caches of POWER machines whose kernel has none in /sys. */
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { deviceTreeCells, deviceTreeCpu, deviceTreeCpus } from '../kernel/device-tree/cpus.ts';
import { cachesOfDeviceTree, type DeviceTreeNode } from '../model/device-tree-caches.ts';
import type { CacheReading } from '../model/topology-readings.ts';

export function readDeviceTreeCaches(host: Host): ReadonlyMap<number, readonly CacheReading[]> {
  const names = orNull(host.read(deviceTreeCpus)) ?? [];
  return cachesOfDeviceTree(names.map((node) => readNode(host, node)));
}

function readNode(host: Host, node: string): DeviceTreeNode {
  const properties = orNull(host.read(deviceTreeCpu, { node })) ?? new Set<string>();
  const cells = (...names: readonly string[]): readonly number[] => {
    const property = names.find((name) => properties.has(name));
    return property === undefined ? [] : (orNull(host.read(deviceTreeCells, { node, property })) ?? []);
  };
  const first = (...names: readonly string[]) => cells(...names)[0] ?? null;
  const cache = (kind: 'd' | 'i') => ({
    sizeBytes: first(`${kind}-cache-size`),
    lineBytes: first(`${kind}-cache-line-size`, `${kind}-cache-block-size`),
  });
  // Nodes of caches have `reg` too, which is then no CPU.
  const isCache = /cache@/.test(node);
  return {
    cpus: isCache ? [] : cells('ibm,ppc-interrupt-server#s', 'reg'),
    handle: first('ibm,phandle', 'phandle', 'linux,phandle'),
    next: first('l2-cache', 'next-level-cache'),
    unified: properties.has('cache-unified'),
    data: cache('d'),
    instruction: cache('i'),
  };
}
