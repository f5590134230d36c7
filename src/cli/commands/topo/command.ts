/** `keel topo`: the machine: CPUs, what they share, nodes and memory. */
import { readTopology } from '../../../app/read-topology.ts';
import { defineCommand } from '../../command.ts';
import { SYSROOT } from '../../options.ts';
import { topologyJson } from './json.ts';

export default defineCommand({
  name: 'topo',
  summary: {
    en: 'the machine: packages, cores, caches, NUMA nodes, and which CPUs cannot be used and why',
    ko: '컴퓨터의 구조: 패키지, 코어, 캐시, NUMA 노드, 쓸 수 없는 CPU와 그 이유',
  },
  arguments: [],
  options: { sysroot: SYSROOT },
  examples: [{ line: 'keel topo', does: { en: 'this machine', ko: '이 컴퓨터' } }],
  async run({ context }) {
    const topology = readTopology(context.open().host);
    return { kind: 'document', json: topologyJson(topology), lines: () => [] };
  },
});
