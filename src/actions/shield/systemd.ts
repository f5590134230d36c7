/**
 * The slices and scopes of systemd narrowed by systemd itself (`AllowedCPUs=`, until the next boot): it keeps them so when
 * units change, and writes them anew when it starts. Groups of the root that are not its own are narrowed as without it.
 */
import { leavesUnit } from './partition.ts';
import type { ShieldSituation } from './situation.ts';
import { moveIn, must, narrow, nodesOf, stranded, strandedSentence, type Way } from './way.ts';

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
        .map((one) => narrow(situation, one, one.asked.isEmpty ? rest : one.asked.minus(cpus))),
    ];
  },
  cautions: (situation) => leavesUnit(situation),
};
