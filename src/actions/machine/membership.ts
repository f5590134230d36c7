/** The cgroup that a process is in. `at` is the process: "4127@98765", its id and its start. */
import type { ProcessId } from '../controls.ts';
import { isCgroupPath } from './file-setting.ts';
import type { MachineSetting } from './setting.ts';

export const membership: MachineSetting = {
  name: 'membership',
  label: { en: 'cgroup of', ko: 'cgroup' },
  isPlace: isProcessPlace,
  isValue: isCgroupPath,
  read: (controls, { at }) => controls.cgroupOf(processOf(at)),
  write: (controls, at, value) => controls.moveProcess(processOf(at), value),
  /** Where its group is no more, as one of a service that was stopped, the root takes it. */
  restore: (controls, { at, before }) =>
    controls.moveProcess(processOf(at), controls.hasCgroup(before) ? before : '/'),
  same: (a, b) => a === b,
};

export function isProcessPlace(at: string): boolean {
  return /^[1-9]\d{0,9}@\d{1,20}$/.test(at);
}

export function placeOf(process: ProcessId): string {
  return `${process.tgid}@${process.startTicks}`;
}

export function processOf(at: string): ProcessId {
  const [tgid = '', start = ''] = at.split('@');
  return { tgid: Number(tgid), startTicks: BigInt(start) };
}
