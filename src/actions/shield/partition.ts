/**
 * A partition of cgroup v2: the CPUs become a cgroup's own, and the kernel takes them from every other cgroup at once,
 * those that are made later included (cgroup-v2.rst, cpuset.cpus.partition). Nobody is moved but who gets the CPUs.
 */
import type { Sentence } from '../../base/sentence.ts';
import type { CpusetGroup, ShieldSituation } from './situation.ts';
import { isManaged, moveIn, must, narrow, nodesOf, stranded, strandedSentence, type Way } from './way.ts';

export const partition: Way = {
  name: 'partition',
  label: { en: 'a partition of cgroup v2', ko: 'cgroup v2 파티션' },
  obstacle: ({ hierarchy, kernel, cpus }) => {
    if (hierarchy?.version !== 2 || hierarchy.controller === null) {
      return {
        en: 'the cpuset controller is not in cgroup v2 here',
        ko: '여기서는 cpuset 컨트롤러가 cgroup v2에 없습니다',
      };
    }
    if (!hierarchy.isRoot) {
      return {
        en: 'this is a container; a partition is made in the root of the machine',
        ko: '컨테이너 안입니다. 파티션은 컴퓨터의 루트 cgroup에서만 만들 수 있습니다',
      };
    }
    // For kernels before, see cgroup-v2.rst of 5.0.
    if (kernel !== null && kernel.major < 5) {
      return { en: 'partitions came with Linux 5.0', ko: '파티션은 Linux 5.0부터 있습니다' };
    }
    const other = hierarchy.groups.find(
      (one) => one.partition !== null && one.partition !== 'member' && one.asked.overlaps(cpus),
    );
    if (other !== undefined) {
      return {
        en: `the cgroup ${other.path} has CPUs ${other.asked.intersect(cpus)} as its own partition already`,
        ko: `cgroup ${other.path}이(가) 이미 CPU ${other.asked.intersect(cpus)}을(를) 자신의 파티션으로 가지고 있습니다`,
      };
    }
    const without = stranded(hierarchy.groups, cpus);
    return without === undefined ? null : strandedSentence(without);
  },
  steps(situation) {
    const { cpus, rest, hierarchy, group, exceptions } = situation;
    if (hierarchy === null) return [];
    // systemd takes the controller from all groups, the partition included, as soon as no unit of its own needs it
    // (daemon-reload): a unit that says what it may use keeps it.
    const mustSay = (one: CpusetGroup) => one.asked.isEmpty && isManaged(situation, one);
    return [
      ...(hierarchy.controller === 'off' ? [must('cpusetController', '/', 'off', 'on')] : []),
      // CPUs that a sibling asks for by name are not exclusive.
      ...hierarchy.groups
        .filter((one) => one.asked.overlaps(cpus) || mustSay(one))
        .map((one) => narrow(situation, one, one.asked.isEmpty ? rest : one.asked.minus(cpus))),
      must('cgroup', group, '', 'made'),
      must('cpusetCpus', group, '', cpus.toKernelList()),
      ...(exceptions.length === 0 ? [] : [must('cpusetNodes', group, '', nodesOf(situation))]),
      must('cpusetPartition', group, 'member', kindOf(situation)),
      ...exceptions.map((one) => moveIn(one, group)),
    ];
  },
  cautions: (situation) => [balance(situation), ...leavesUnit(situation)],
};

/**
 * Without load balancing a thread stays on the CPU where it was put: right for threads that are pinned one to one, wrong
 * for a program with several threads on several CPUs.
 */
function kindOf({ kernel, cpus, exceptions }: ShieldSituation): 'isolated' | 'root' {
  const knowsIsolated = kernel === null || kernel.major > 6 || (kernel.major === 6 && kernel.minor >= 1);
  return knowsIsolated && (exceptions.length === 0 || cpus.size === 1) ? 'isolated' : 'root';
}

function balance(situation: ShieldSituation): Sentence {
  const { cpus, group } = situation;
  if (kindOf(situation) === 'root') {
    return {
      en: `inside ${group} the kernel balances load among ${cpus}, and not across its border`,
      ko: `${group} 안에서 커널은 ${cpus} 사이에서만 부하를 나누고 경계를 넘지 않습니다`,
    };
  }
  return {
    en: `${cpus} isolated: nothing balances load there, so give each thread a CPU of its own`,
    ko: `${cpus}은(는) 격리되어 부하 분산이 없으므로 스레드마다 CPU를 하나씩 지정하세요`,
  };
}

/** Limits of a unit hold for its cgroup. */
export function leavesUnit({ exceptions }: ShieldSituation): readonly Sentence[] {
  return exceptions
    .filter((one) => one.cgroup !== '/')
    .map(({ comm, tgid, cgroup }) => ({
      en: `${comm} ${tgid} leaves the cgroup ${cgroup} meanwhile: its limits do not hold for it`,
      ko: `${comm} ${tgid}은(는) 그동안 cgroup ${cgroup}을(를) 떠나므로 그 제한이 적용되지 않습니다`,
    }));
}
