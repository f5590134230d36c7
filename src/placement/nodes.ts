/** NUMA nodes as strategies see them: which are near, which have memory. Numbers have holes, and some nodes no CPUs. */
import type { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Missing, orNull } from '../base/missing.ts';
import type { NodeTopology } from '../model/topology.ts';
import { usableNodes } from './cpu-choice.ts';
import type { Situation } from './situation.ts';

type NodeMemory = Exclude<NodeTopology['memory'], Missing>;

export function memoryOf(node: number, { topology }: Situation): NodeMemory | null {
  const found = topology.nodes.find((one) => one.node === node);
  const memory = found === undefined ? null : orNull(found.memory);
  return memory === null || (memory.totalBytes ?? 0) === 0 ? null : memory;
}

/** Its cgroup lets it have memory there. */
export function mayHaveMemoryOn(node: number, { target }: Situation): boolean {
  if (isMissing(target.memoryNodes)) return true;
  return target.memoryNodes === null || target.memoryNodes.has(node);
}

/** As the kernel's table says, 10 is local; null where it does not tell. Tables may differ by direction. */
export function distanceBetween(from: number, to: number, { topology }: Situation): number | null {
  const distances = topology.nodes.find((one) => one.node === from)?.distances;
  return distances === undefined || isMissing(distances) ? null : (distances.get(to) ?? null);
}

/** The node itself where it has usable CPUs; else the one with CPUs from which it is nearest. */
export function nearestUsableNode(
  node: number,
  situation: Situation,
): { readonly node: number; readonly cpus: CpuSet } | null {
  const places = usableNodes(situation);
  const own = places.find((place) => place.node === node);
  if (own !== undefined) return own;
  const near = places
    .flatMap((place) => {
      const distance = distanceBetween(place.node, node, situation);
      return distance === null ? [] : [{ place, distance }];
    })
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.place ?? null;
}
