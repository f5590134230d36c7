/**
 * v1: all threads of one cgroup moved into another, which we made for them. `at` is ours; the value is the group that
 * they came from, or empty where nobody is inside. Who is born in ours came from there too.
 */
import type { MachineControls } from '../machine-controls.ts';
import { isGone, Refused } from '../refused.ts';
import { isCgroupPath } from './file-setting.ts';
import type { MachineSetting } from './setting.ts';

export const population: MachineSetting = {
  name: 'population',
  label: { en: 'threads of cgroup', ko: 'cgroup의 스레드' },
  isPlace: isCgroupPath,
  isValue: (value) => value === '' || isCgroupPath(value),
  read: (controls, { at }) => (controls.threadsIn(at).length === 0 ? '' : OCCUPIED),
  write: (controls, at, origin) => moveAll(controls, origin, at),
  restore: (controls, { at, set }) => moveAll(controls, at, set),
  // Whoever is inside came from the group of the record.
  same: (a, b) => (a === '') === (b === ''),
};

const OCCUPIED = '/';
const MOST_ROUNDS = 400;

/** Until nobody is left whom the kernel lets go: who forks while we look leaves a child behind. */
function moveAll(controls: MachineControls, from: string, to: string): void {
  const stuck = new Set<number>();
  for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
    const left = controls.threadsIn(from).filter((tid) => !stuck.has(tid));
    if (left.length === 0) return;
    for (const tid of left) if (!moved(controls, tid, to)) stuck.add(tid);
  }
  throw new Refused('failed', {
    en: `threads are made in cgroup ${from} faster than they can be moved`,
    ko: `cgroup ${from}에서 옮기는 것보다 빠르게 스레드가 만들어지고 있습니다`,
  });
}

/** false for a thread that cannot leave, such as one that ends just now. */
function moved(controls: MachineControls, tid: number, to: string): boolean {
  try {
    controls.moveThread(tid, to);
    return true;
  } catch (error) {
    if (error instanceof Refused && (error.reason === 'invalid' || isGone(error))) return false;
    throw error;
  }
}
