/**
 * Cpusets of cgroup v2 without a partition: each child of the root is narrowed, so that what is below it, made later
 * included, has no more. The root itself cannot be; its own tasks are kept off by their affinity.
 */
import { leavesUnit } from './partition.ts';
import { groupsToNarrow, makeGroup, must, stranded, strandedSentence, type Way } from './way.ts';

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
  steps: (situation) => [
    ...makeGroup(situation),
    ...groupsToNarrow(situation).map(({ group: { path, asked }, left }) =>
      must('cpusetCpus', path, asked.toKernelList(), left.toKernelList()),
    ),
  ],
  cautions: (situation) => leavesUnit(situation),
};
