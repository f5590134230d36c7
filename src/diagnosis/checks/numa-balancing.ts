/** Automatic NUMA balancing while the process is pinned to one node: it unmaps pages to watch accesses, for nothing. */
import { isMissing } from '../../base/missing.ts';
import { allowedAnywhere, isPinned } from '../../model/process-check.ts';
import { type Check, wholeProcess } from '../check.ts';

/** Bit 0 of the setting; bit 1 is memory tiering (Documentation/admin-guide/sysctl/kernel.rst). */
const BALANCES = 1;

export const pinnedAndBalanced: Check = {
  id: 'numa-balancing',
  looksFor: {
    en: 'automatic NUMA balancing of a process that is pinned inside one node',
    ko: '한 노드에 고정된 프로세스의 자동 NUMA 밸런싱',
  },
  check(process, machine) {
    const setting = machine.numaBalancing;
    if (isMissing(setting) || (setting & BALANCES) === 0 || machine.nodes.size < 2) return [];
    const cpus = allowedAnywhere(process);
    const inside = [...machine.nodes].find(([, set]) => cpus.isSubsetOf(set));
    if (cpus.isEmpty || inside === undefined || !isPinned(process)) return [];
    return [
      {
        severity: 'warning',
        subject: wholeProcess(process),
        summary: {
          en: `numa_balancing is on, though all threads are pinned inside node ${inside[0]}: its hinting faults stall them for nothing`,
          ko: `모든 스레드가 노드 ${inside[0]}에 고정되어 있는데 numa_balancing이 켜져 있어, 힌트 폴트로 불필요하게 멈춥니다`,
        },
        evidence: [
          {
            text: { en: 'numa_balancing', ko: 'numa_balancing' },
            value: setting,
            unit: 'setting',
            source: '/proc/sys/kernel/numa_balancing',
          },
        ],
        remedies: [
          {
            text: {
              en: 'turn it off for the whole machine, if nothing else needs it',
              ko: '다른 프로세스에 필요하지 않다면 컴퓨터 전체에서 끄세요',
            },
            command: 'sysctl -w kernel.numa_balancing=0',
            undo: `sysctl -w kernel.numa_balancing=${setting}`,
          },
        ],
      },
    ];
  },
};
