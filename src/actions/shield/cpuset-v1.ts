/**
 * Cpusets of cgroup v1: every group below the root is narrowed, children before their parents, and who is in the root
 * itself goes to a group that is made for them. Threads of the kernel stay in the root and are kept off by affinity.
 */
import type { ShieldSituation } from './situation.ts';
import { INSIDE, moveIn, must, nodesOf, stranded, strandedSentence, type Way } from './way.ts';

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
  steps(situation: ShieldSituation) {
    const { cpus, rest, hierarchy, group, exceptions } = situation;
    if (hierarchy === null) return [];
    const inside = `${group}${INSIDE}`;
    const make = (path: string, allowed: string, nodes: string) => [
      must('cgroup', path, '', 'made'),
      must('cpusetCpus', path, '', allowed),
      must('cpusetNodes', path, '', nodes),
    ];
    return [
      // Also where nobody is inside yet: it is the way in for `keel run` and `keel pin`.
      ...make(inside, cpus.toKernelList(), nodesOf(situation)),
      ...exceptions.map((one) => moveIn(one, inside)),
      ...hierarchy.groups
        .filter(({ asked }) => asked.overlaps(cpus))
        .map(({ path, asked }) =>
          must('cpusetCpus', path, asked.toKernelList(), asked.minus(cpus).toKernelList()),
        ),
      ...make(group, rest.toKernelList(), hierarchy.nodes.toKernelList()),
      must('population', group, '', '/'),
    ];
  },
  // In v1 only the cpuset is another; the limits of the other controllers hold on.
  cautions: () => [],
};
