/** NUMA nodes: their CPUs, distances and memory tiers; and the node of a CPU. */
import { isMissing, type Maybe, missing, orNull } from '../base/missing.ts';
import type { NodeTopology } from './topology.ts';
import type { CpuReading, NodeReading, TopologyReadings } from './topology-readings.ts';

export function buildNodes(readings: TopologyReadings): readonly NodeTopology[] {
  return readings.nodes.map((reading) => ({
    node: reading.node,
    cpus: reading.cpus,
    memory: reading.memory,
    distances: distancesOf(reading, readings),
    access: reading.access,
    memoryTier: readings.memoryTiers.find(({ nodes }) => orNull(nodes)?.has(reading.node))?.tier ?? null,
  }));
}

/** The columns are the online nodes in order, so nodes 0 and 2 have two columns. */
function distancesOf(reading: NodeReading, readings: TopologyReadings): Maybe<ReadonlyMap<number, number>> {
  const online = orNull(readings.nodesOnline)?.ids();
  const folders = readings.nodes.map(({ node }) => node);
  const columns = reading.distances;
  if (isMissing(columns)) return columns;
  const nodes = [online, folders].find((list) => list?.length === columns.length);
  if (nodes === undefined) {
    const detail = `${columns.length} columns for ${folders.length} nodes`;
    return missing('unreadable', `distance of node ${reading.node}`, detail);
  }
  return new Map(nodes.map((node, i) => [node, columns[i] as number]));
}

/**
 * The kernel's link in the CPU's folder where there is exactly one; else the first node that lists the CPU. Where
 * firmware lets several nodes list it, this is what lscpu and lstopo answer too, and a contradiction tells it.
 */
export function nodeOfCpu(
  cpu: number,
  reading: CpuReading | undefined,
  nodes: readonly NodeTopology[],
): number | null {
  const [linked, ...more] = reading?.nodes ?? [];
  if (linked !== undefined && more.length === 0) return linked;
  return nodesListing(cpu, nodes)[0] ?? null;
}

export function nodesListing(cpu: number, nodes: readonly NodeTopology[]): readonly number[] {
  return nodes.filter(({ cpus }) => !isMissing(cpus) && cpus.has(cpu)).map(({ node }) => node);
}
