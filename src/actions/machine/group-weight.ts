/**
 * What a cgroup gets of the CPU beside its siblings: its weight, or "idle": what the others leave. The kernel forgets the
 * weight of a group that is made idle (kernel/sched/fair.c, sched_group_set_idle), so the two are one value here.
 */
import { isGone } from '../refused.ts';
import { isCgroupPath, notTaken } from './file-setting.ts';
import type { MachineSetting } from './setting.ts';

const IDLE = 'idle';

export const groupWeight: MachineSetting = {
  name: 'groupWeight',
  label: { en: 'weight of cgroup', ko: 'cgroup 가중치' },
  isPlace: isCgroupPath,
  isValue: (value) => value === IDLE || /^[1-9]\d{0,5}$/.test(value),
  read: (controls, { at }) => weightOf(controls, at),
  write(controls, at, value) {
    set(controls, at, value);
    const found = weightOf(controls, at);
    if (found !== value) throw notTaken(groupWeight.label, at, value, found);
  },
  restore: (controls, { at, before }) => set(controls, at, before),
  same: (a, b) => a === b,
};

type MachineControls = Parameters<MachineSetting['read']>[0];

function weightOf(controls: MachineControls, at: string): string {
  return isIdle(controls, at) ? IDLE : controls.readFile('cpuWeight', at);
}

function set(controls: MachineControls, at: string, value: string): void {
  if (value === IDLE) {
    controls.writeFile('cpuIdle', at, '1');
    return;
  }
  // The kernel takes no weight for a group that is idle.
  if (isIdle(controls, at)) controls.writeFile('cpuIdle', at, '0');
  controls.writeFile('cpuWeight', at, value);
}

/** Before Linux 5.15 no group is idle. */
function isIdle(controls: MachineControls, at: string): boolean {
  try {
    return controls.readFile('cpuIdle', at) === '1';
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}
