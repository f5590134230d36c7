/** A cgroup that we make: "made", or empty where it is not there. */
import type { LiveProcess, MachineControls } from '../machine-controls.ts';
import { isGone } from '../refused.ts';
import { isCgroupPath } from './file-setting.ts';
import { processOf } from './membership.ts';
import type { MachineSetting, MachineStep } from './setting.ts';

export const cgroup: MachineSetting = {
  name: 'cgroup',
  label: { en: 'cgroup', ko: 'cgroup' },
  isPlace: (at) => at !== '/' && isCgroupPath(at),
  isValue: (value) => value === 'made' || value === '',
  read: (controls, { at }) => (controls.hasCgroup(at) ? 'made' : ''),
  write: (controls, at, value) => (value === '' ? controls.removeCgroup(at) : controls.makeCgroup(at)),
  restore(controls, { at }, steps) {
    // Who is moved out may have forked just before.
    for (let rounds = 0; rounds < MOST_ROUNDS && empty(controls, at, steps); rounds += 1);
    controls.removeCgroup(at);
  },
  same: (a, b) => a === b,
};

const MOST_ROUNDS = 100;

/**
 * Sends home who was born inside or came later: to where the nearest ancestor that we had moved came from, or is.
 * @returns whether somebody was inside
 */
function empty(controls: MachineControls, path: string, steps: readonly MachineStep[]): boolean {
  const inside = new Set(controls.processesIn(path));
  if (inside.size === 0) return false;
  const all = new Map(controls.processes().map((one) => [one.tgid, one]));
  const moved = steps.filter((step) => step.setting === 'membership' && step.set === path);
  for (const tgid of inside) {
    const process = all.get(tgid);
    if (process === undefined) continue;
    const origin = originOf(controls, process, all, moved, inside);
    try {
      controls.moveProcess(process, controls.hasCgroup(origin) ? origin : '/');
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return true;
}

function originOf(
  controls: MachineControls,
  process: LiveProcess,
  all: ReadonlyMap<number, LiveProcess>,
  moved: readonly MachineStep[],
  inside: ReadonlySet<number>,
): string {
  const seen = new Set<number>();
  // Process 1 adopts orphans; its own group is nobody's home.
  for (let at = all.get(process.tgid); at !== undefined && at.tgid !== 1 && !seen.has(at.tgid); ) {
    seen.add(at.tgid);
    const { tgid, startTicks, parent } = at;
    const found = moved.find((step) => {
      const id = processOf(step.at);
      return id.tgid === tgid && id.startTicks === startTicks;
    });
    if (found !== undefined) return found.before;
    if (!inside.has(tgid)) return groupOf(controls, at);
    at = all.get(parent);
  }
  return moved[0]?.before ?? '/';
}

function groupOf(controls: MachineControls, process: LiveProcess): string {
  try {
    return controls.cgroupOf(process);
  } catch (error) {
    if (isGone(error)) return '/';
    throw error;
  }
}
