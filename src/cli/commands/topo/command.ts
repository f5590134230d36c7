/** `keel topo`: the machine: CPUs, what they share, nodes and memory. */
import { readInterruptedCpus } from '../../../app/interrupted-cpus.ts';
import { readTopology } from '../../../app/read-topology.ts';
import { resolveCpus } from '../../../app/resolve-cpus.ts';
import { defineCommand } from '../../command.ts';
import { FORCE, flag, SYSROOT, text } from '../../options.ts';
import { cpusOutput } from './cpus.ts';
import { topologyJson } from './json.ts';
import { svgOutput } from './svg.ts';
import { topologyLines } from './text.ts';

export default defineCommand({
  name: 'topo',
  summary: {
    en: 'the machine: packages, cores, caches, NUMA nodes, and which CPUs cannot be used and why',
    ko: '컴퓨터의 구조: 패키지, 코어, 캐시, NUMA 노드, 쓸 수 없는 CPU와 그 이유',
  },
  details: {
    en: 'Parts that are alike are folded and counted; --all shows every one. The numbers behind core:, llc: and the like are what sets of CPUs use: keel help cpusets.',
    ko: '같은 모양은 접어서 개수로 보이며 --all은 모두 보여 줍니다. core:, llc: 뒤의 번호는 CPU 집합 표기에 쓰입니다: keel help cpusets.',
  },
  arguments: [],
  options: {
    cpus: text(
      '--cpus <set>',
      { en: 'only say which CPUs the set names', ko: '이 집합에 속하는 CPU만 출력' },
      'cpus',
    ),
    all: flag('--all', {
      en: 'every part, also where many are alike',
      ko: '같은 모양이 많아도 모두 표시',
    }),
    svg: text(
      '--svg <file>',
      {
        en: 'a picture of the machine into a file; - is stdout',
        ko: '컴퓨터의 그림을 파일로 저장. -는 표준 출력',
      },
      'file',
    ),
    force: FORCE,
    sysroot: SYSROOT,
  },
  examples: [
    { line: 'keel topo', does: { en: 'this machine', ko: '이 컴퓨터' } },
    {
      line: "keel topo --cpus 'node:0&smt:0'",
      does: { en: 'one CPU of each core of node 0', ko: '노드 0의 코어마다 CPU 하나' },
    },
    {
      line: 'keel topo --sysroot server.keel',
      does: { en: 'a machine captured elsewhere', ko: '다른 곳에서 캡처한 컴퓨터' },
    },
  ],
  async run({ options, context }) {
    const { host } = context.open();
    if (options.cpus !== undefined) return cpusOutput(options.cpus, resolveCpus(host, options.cpus));
    const topology = readTopology(host);
    if (options.svg !== undefined)
      return svgOutput(topology, options.svg, options.force === true, context.look);
    const interrupted = readInterruptedCpus(host);
    return {
      kind: 'document',
      json: topologyJson(topology, interrupted),
      lines: (look) => topologyLines(topology, interrupted, look, options.all === true),
    };
  },
});
