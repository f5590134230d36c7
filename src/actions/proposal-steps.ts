/** What a proposal does to groups of tasks, as steps of the machine. Reads what they are now. */
import type { GroupMove } from '../placement/proposal.ts';
import { machineSettingNamed } from './machine/index.ts';
import type { MachineStep } from './machine/setting.ts';
import type { MachineControls } from './machine-controls.ts';

/** @throws Refused where a group is not there */
export function stepsForGroups(
  controls: MachineControls,
  groups: readonly GroupMove[],
): readonly MachineStep[] {
  return groups.map((group) => stepFor(controls, group));
}

function stepFor(controls: MachineControls, group: GroupMove): MachineStep {
  switch (group.kind) {
    case 'autogroup':
      return step(controls, 'sessionNice', group.session, () => `${group.nice}`);
    case 'idle-cgroup':
      return step(controls, 'groupWeight', group.cgroup, () => 'idle');
    default:
      return step(controls, 'cpuQuota', group.cgroup, (before) => {
        const periodUs = Number(before.split(' ')[1]);
        return `${Math.round(group.toCpus * periodUs)} ${periodUs}`;
      });
  }
}

function step(
  controls: MachineControls,
  setting: MachineStep['setting'],
  at: string,
  want: (before: string) => string,
): MachineStep {
  const unread = { setting, at, before: '', set: '', mayStay: false };
  const before = machineSettingNamed(setting).read(controls, unread);
  return { ...unread, before, set: want(before) };
}
