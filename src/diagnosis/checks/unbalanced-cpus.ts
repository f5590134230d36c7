/** Several threads on isolated CPUs: without load balancing they all stay on the first of them. */
import { isMissing, orNull, present } from '../../base/missing.ts';
import type { CheckedMachine, ProcessCheck } from '../../model/process-check.ts';
import { type Check, wholeProcess } from '../check.ts';

export const unbalancedCpus: Check = {
  id: 'unbalanced-cpus',
  looksFor: {
    en: 'threads that share several isolated CPUs, where the kernel does not spread them',
    ko: '커널이 분산하지 않는 격리된 CPU 여러 개를 함께 쓰는 스레드',
  },
  check(process, machine) {
    const stuck = process.threads.filter(
      ({ allowed }) => present(allowed) && allowed.size > 1 && isUnbalanced(process, machine, allowed.ids()),
    );
    const count = stuck.length;
    if (count < 2) return [];
    const cpus = stuck.map((thread) => orNull(thread.allowed)).find((set) => set !== null);
    return [
      {
        severity: 'warning',
        subject: wholeProcess(process),
        summary: {
          en: `${count} threads share the isolated CPUs ${cpus}, where the kernel does not balance: they stay on one CPU`,
          ko: `스레드 ${count}개가 부하 분산이 없는 격리된 CPU ${cpus}을(를) 함께 써서 한 CPU에 몰립니다`,
        },
        evidence: [
          {
            text: { en: 'threads that are not spread', ko: '분산되지 않는 스레드' },
            value: count,
            unit: 'threads',
            source: '/sys/devices/system/cpu/isolated',
          },
        ],
        remedies: [
          {
            text: { en: 'pin each busy thread to one CPU', ko: '바쁜 스레드를 CPU 하나씩에 고정하세요' },
            command: `keel pin ${process.tgid} ${cpus?.first} --threads ${stuck[0]?.tid}`,
            undo: 'keel undo',
          },
        ],
      },
    ];
  },
};

/** By isolcpus= at boot, or by an isolated partition of the cpuset (cgroup v2). */
function isUnbalanced(process: ProcessCheck, machine: CheckedMachine, cpus: readonly number[]): boolean {
  const cpuset = present(process.cgroup) ? orNull(process.cgroup.cpuset) : null;
  if (cpuset?.partition === 'isolated') return true;
  const { isolated } = machine;
  return !isMissing(isolated) && cpus.every((cpu) => isolated.has(cpu));
}
