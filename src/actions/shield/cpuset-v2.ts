/**
 * Cpusets of cgroup v2 without a partition: each child of the root is narrowed, so that what is below it, made later
 * included, has no more. The root itself cannot be; its own tasks are kept off by their affinity.
 */
import { leavesUnit } from './partition.ts';
import type { ShieldSituation } from './situation.ts';
import { moveIn, must, nodesOf, stranded, strandedSentence, type Way } from './way.ts';

export const cpusetV2: Way = {
  name: 'cpuset',
  label: { en: 'cpusets of cgroup v2', ko: 'cgroup v2 cpuset' },
  obstacle: ({ hierarchy, cpus }) => {
    if (hierarchy?.version !== 2 || hierarchy.controller === null) {
      return {
        en: 'the cpuset controller is not in cgroup v2 here',
        ko: '여기서는 cpuset 컨트롤러가 cgroup v2에 없습니다',
      };
    }
    const without = stranded(hierarchy.groups, cpus);
    return without === undefined ? null : strandedSentence(without);
  },
  steps(situation: ShieldSituation) {
    const { cpus, rest, hierarchy, group, exceptions } = situation;
    if (hierarchy === null) return [];
    return [
      ...(hierarchy.controller === 'off' ? [must('cpusetController', '/', 'off', 'on')] : []),
      // Also where nobody is inside yet: it is the way in for `keel run` and `keel pin`.
      must('cgroup', group, '', 'made'),
      must('cpusetCpus', group, '', cpus.toKernelList()),
      must('cpusetNodes', group, '', nodesOf(situation)),
      ...exceptions.map((one) => moveIn(one, group)),
      ...hierarchy.groups
        .filter(({ asked }) => asked.isEmpty || asked.overlaps(cpus))
        .map(({ path, asked }) =>
          must(
            'cpusetCpus',
            path,
            asked.toKernelList(),
            (asked.isEmpty ? rest : asked.minus(cpus)).toKernelList(),
          ),
        ),
    ];
  },
  cautions: (situation) => leavesUnit(situation),
};
