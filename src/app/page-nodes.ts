/** Reads which memory is of which node, for faults whose page's place in physical memory the kernel tells. */
import { isMissing, type Maybe, missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { nodesInState } from '../kernel/node/lists.ts';
import { memoryBlockBytes, nodeMemoryBlocks } from '../kernel/node/memory-blocks.ts';
import { nodeCpus } from '../kernel/node/node.ts';
import { memoryZones } from '../kernel/proc/zoneinfo.ts';
import { PageNodes } from '../model/faults/page-nodes.ts';
import type { FaultSampling } from '../perf/fault-samples.ts';

/** There is more than one node: else every page is of the node that every CPU is of. */
export function hasNodes(host: Host): boolean {
  return (orNull(host.read(nodesInState, { state: 'online' }))?.size ?? 1) > 1;
}

/** Of now: memory that comes or goes meanwhile is of no node. */
export function readPageNodes(host: Host, { pagePlaces }: FaultSampling): Maybe<PageNodes> {
  const online = host.read(nodesInState, { state: 'online' });
  if (isMissing(online)) return online;
  if (online.size <= 1) return missing('absent', 'NUMA nodes', 'this machine has one memory node');
  if (!pagePlaces)
    return missing('denied', 'PERF_SAMPLE_PHYS_ADDR', 'where pages lie is told with CAP_PERFMON, or to root');
  const blockBytes = orNull(host.read(memoryBlockBytes));
  const spans = host.read(memoryZones);
  if (isMissing(spans) && blockBytes === null) return spans;
  const nodes = online.ids().map((node) => {
    const blocks = orNull(host.read(nodeMemoryBlocks, { node })) ?? [];
    return [node, { blocks, cpus: orNull(host.read(nodeCpus, { node }))?.ids() ?? [] }] as const;
  });
  return new PageNodes({ blockBytes, nodes: new Map(nodes), spans: orNull(spans) ?? [] });
}
