/**
 * The slices and scopes of systemd narrowed by systemd itself (`AllowedCPUs=`, until the next boot): it keeps them so when
 * units change, and writes them anew when it starts. Groups of the root that are not its own are narrowed as without it.
 */
import { leavesUnit } from './partition.ts';
import { groupsToNarrow, makeGroup, narrow, stranded, strandedSentence, type Way } from './way.ts';

export const systemdWay: Way = {
  name: 'systemd',
  label: { en: 'AllowedCPUs= of systemd', ko: 'systemd의 AllowedCPUs=' },
  obstacle: ({ hierarchy, manager, cpus }) => {
    if (manager === null)
      return { en: 'systemd does not run here', ko: '여기서는 systemd가 실행되지 않습니다' };
    if (manager === 'silent-systemd') {
      return {
        en: 'systemd does not answer systemctl here',
        ko: '여기서는 systemd가 systemctl에 응답하지 않습니다',
      };
    }
    if (hierarchy?.version !== 2 || hierarchy.controller === null) {
      return {
        en: 'AllowedCPUs= of systemd needs the cpuset controller of cgroup v2',
        ko: 'systemd의 AllowedCPUs=에는 cgroup v2의 cpuset 컨트롤러가 필요합니다',
      };
    }
    const without = stranded(hierarchy.groups, cpus);
    return without === undefined ? null : strandedSentence(without);
  },
  steps: (situation) => [
    ...makeGroup(situation),
    ...groupsToNarrow(situation).map(({ group, left }) => narrow(situation, group, left)),
  ],
  cautions: (situation) => leavesUnit(situation),
};
