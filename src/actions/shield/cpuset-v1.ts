/**
 * Cpusets of cgroup v1: every group below the root is narrowed, children before their parents, and who is in the root
 * itself goes to a group that is made for them. Threads of the kernel stay in the root and are kept off by affinity.
 */
import { leavesUnit } from './partition.ts';
import type { ShieldSituation } from './situation.ts';
import { moveIn, must, stranded, strandedSentence, type Way } from './way.ts';

export const cpusetV1: Way = {
  name: 'cpuset',
  label: { en: 'cpusets of cgroup v1', ko: 'cgroup v1 cpuset' },
  obstacle: ({ hierarchy, cpus }) => {
    if (hierarchy?.version !== 1) {
      return {
        en: 'no cpuset hierarchy of cgroup v1 is mounted',
        ko: 'cgroup v1 cpuset 계층이 마운트되어 있지 않습니다',
      };
    }
    const without = stranded(hierarchy.groups, cpus);
    return without === undefined ? null : strandedSentence(without);
  },
  steps({ cpus, rest, hierarchy, group, exceptions }: ShieldSituation) {
    if (hierarchy === null) return [];
    const nodes = hierarchy.nodes.toKernelList();
    const inside = `${group}-inside`;
    const make = (path: string, allowed: string) => [
      must('cgroup', path, '', 'made'),
      must('cpusetCpus', path, '', allowed),
      must('cpusetNodes', path, '', nodes),
    ];
    return [
      ...(exceptions.length === 0 ? [] : make(inside, cpus.toKernelList())),
      ...exceptions.map((one) => moveIn(one, inside)),
      ...hierarchy.groups
        .filter(({ asked }) => asked.overlaps(cpus))
        .map(({ path, asked }) =>
          must('cpusetCpus', path, asked.toKernelList(), asked.minus(cpus).toKernelList()),
        ),
      ...make(group, rest.toKernelList()),
      must('population', group, '', '/'),
    ];
  },
  cautions: (situation) => leavesUnit(situation),
};
