/** A mask that somebody chose and that names CPUs nobody can run on: offline, or outside of the cpuset. */
import { CpuSet } from '../../base/cpu-set.ts';
import { isMissing, type Maybe, orNull, present } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import type { CheckedMachine, ProcessCheck, ThreadCheck } from '../../model/process-check.ts';
import { type Check, type Warning, wholeProcess } from '../check.ts';

export const unusableCpus: Check = {
  id: 'unusable-cpus',
  looksFor: {
    en: 'affinity that covers CPUs which are offline or outside of the cpuset',
    ko: '꺼져 있거나 cpuset 밖인 CPU를 포함하는 친화도',
  },
  check(process, machine) {
    const chosen = process.threads.filter((thread) => isChosen(thread.affinity, machine));
    return [...offline(process, chosen, machine), ...forbidden(process, chosen, machine)];
  },
};

/** A task that nobody pinned has all CPUs that this kernel could ever have in its mask: that is no choice. */
function isChosen(affinity: Maybe<CpuSet>, machine: CheckedMachine): boolean {
  if (isMissing(affinity) || isMissing(machine.possible)) return false;
  return !machine.possible.isSubsetOf(affinity);
}

function offline(process: ProcessCheck, threads: readonly ThreadCheck[], machine: CheckedMachine) {
  const { online } = machine;
  if (isMissing(online)) return [];
  const off = threads.filter((thread) => present(thread.affinity) && !thread.affinity.isSubsetOf(online));
  const cpus = covered(off).minus(online);
  return warning(process, off, cpus, {
    en: `affinity of ${counted(off.length)} covers CPU ${cpus}, which is offline`,
    ko: `스레드 ${off.length}개의 친화도에 꺼져 있는 CPU ${cpus}이(가) 포함되어 있습니다`,
  });
}

/** Only the main thread: other threads may be in cgroups of their own, as libvirt's are. */
function forbidden(process: ProcessCheck, threads: readonly ThreadCheck[], machine: CheckedMachine) {
  const cpuset = present(process.cgroup) ? orNull(process.cgroup.cpuset) : null;
  const online = orNull(machine.online);
  const main = threads.filter((thread) => thread.tid === process.tgid);
  if (cpuset === null || online === null) return [];
  const cpus = covered(main).intersect(online).minus(cpuset.cpus);
  return warning(process, main, cpus, {
    en: `affinity covers CPU ${cpus}, which cpuset ${cpuset.cgroup} (${cpuset.cpus}) does not allow`,
    ko: `친화도에 cpuset ${cpuset.cgroup}(${cpuset.cpus})이(가) 허용하지 않는 CPU ${cpus}이(가) 포함되어 있습니다`,
  });
}

function covered(threads: readonly ThreadCheck[]): CpuSet {
  return threads
    .map((thread) => thread.affinity)
    .filter(present)
    .reduce((all, one) => all.union(one), CpuSet.EMPTY);
}

function counted(count: number): string {
  return count === 1 ? '1 thread' : `${count} threads`;
}

function warning(
  process: ProcessCheck,
  threads: readonly ThreadCheck[],
  cpus: CpuSet,
  summary: Sentence,
): readonly Omit<Warning, 'check'>[] {
  if (cpus.isEmpty) return [];
  return [
    {
      severity: 'warning',
      subject: wholeProcess(process),
      summary,
      evidence: [
        {
          text: { en: 'CPUs that cannot be used', ko: '사용할 수 없는 CPU' },
          value: cpus.size,
          unit: 'CPUs',
          source: '/proc/PID/task/TID/status',
        },
        {
          text: { en: 'threads concerned', ko: '해당 스레드' },
          value: threads.length,
          unit: 'threads',
          source: '/proc/PID/task/TID/status',
        },
      ],
      remedies: [
        {
          text: { en: 'see why a CPU cannot be used', ko: 'CPU를 쓸 수 없는 이유를 확인하세요' },
          command: 'keel topo',
          undo: null,
        },
      ],
    },
  ];
}
