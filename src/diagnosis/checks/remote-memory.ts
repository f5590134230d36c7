/** Pages on another NUMA node than the CPUs the threads may use. */
import { isMissing } from '../../base/missing.ts';
import { allowedAnywhere } from '../../model/process-check.ts';
import { type Check, wholeProcess } from '../check.ts';

/** Shared libraries lie where their first user ran; a tenth of the pages elsewhere is what that explains. */
const NOTABLE_RATIO = 0.1;

export const remoteMemory: Check = {
  id: 'remote-memory',
  looksFor: {
    en: 'memory on another NUMA node than the CPUs of the threads',
    ko: '스레드의 CPU와 다른 NUMA 노드에 있는 메모리',
  },
  check(process, machine) {
    const { byNode } = process.memory;
    const cpus = allowedAnywhere(process);
    if (isMissing(byNode) || machine.nodes.size < 2 || cpus.isEmpty) return [];
    const near = [...machine.nodes].filter(([, set]) => set.overlaps(cpus)).map(([node]) => node);
    const bytes = [...byNode];
    const total = bytes.reduce((sum, [, value]) => sum + value, 0);
    const far = bytes.filter(([node]) => !near.includes(node));
    const farBytes = far.reduce((sum, [, value]) => sum + value, 0);
    if (near.length === 0 || total === 0 || farBytes / total < NOTABLE_RATIO) return [];
    const share = ((farBytes / total) * 100).toFixed(0);
    const nodes = far.map(([node]) => node).join(',');
    return [
      {
        severity: 'warning',
        subject: wholeProcess(process),
        summary: {
          en: `${share} % of its memory is on node ${nodes}, but its CPUs (${cpus}) are on node ${near.join(',')}`,
          ko: `메모리의 ${share} %가 노드 ${nodes}에 있지만, CPU(${cpus})는 노드 ${near.join(',')}에 있습니다`,
        },
        evidence: [
          {
            text: { en: 'resident on other nodes', ko: '다른 노드에 있는 메모리' },
            value: farBytes,
            unit: 'Bytes',
            source: '/proc/PID/numa_maps',
          },
        ],
        remedies: [
          {
            text: { en: 'bring its pages to its CPUs', ko: '페이지를 CPU 쪽으로 옮기세요' },
            command: `keel pin ${process.tgid} --mem bind:${near.join(',')} --migrate-memory`,
            undo: 'keel undo',
          },
        ],
      },
    ];
  },
};
