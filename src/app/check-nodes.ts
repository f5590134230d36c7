/** NUMA nodes that somebody asks for must be there and have memory. */
import type { MemoryPolicy } from '../actions/settings/memory-policy.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { nodesInState } from '../kernel/node/lists.ts';

/** Nodes with memory; node 0 alone on a kernel without NUMA. */
export function memoryNodes(host: Host): CpuSet {
  return (
    orNull(host.read(nodesInState, { state: 'has_memory' })) ??
    orNull(host.read(nodesInState, { state: 'online' })) ??
    CpuSet.of(0)
  );
}

/** @throws KeelError E_USAGE naming the nodes that are not there */
export function checkNodes(host: Host, policy: MemoryPolicy): void {
  const there = memoryNodes(host);
  const missing = CpuSet.parseList(policy.nodes).minus(there);
  if (missing.isEmpty) return;
  const one = there.size === 1;
  throw new KeelError('E_USAGE', {
    what: {
      en: `node ${missing} does not exist here or has no memory${one ? `; this machine has one node, ${there}` : ''}`,
      ko: `노드 ${missing}은(는) 없거나 메모리가 없습니다${one ? `. 이 컴퓨터의 노드는 ${there} 하나입니다` : ''}`,
    },
    pointer: { text: policy.nodes, start: 0, end: policy.nodes.length },
    next: [
      {
        en: `Nodes with memory: ${there}. See: keel topo`,
        ko: `메모리가 있는 노드: ${there}. 확인: keel topo`,
      },
    ],
  });
}
