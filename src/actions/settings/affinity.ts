/** Where a thread may run. */
import { CpuSet } from '../../base/cpu-set.ts';
import type { Setting, Wish } from './setting.ts';

export const affinity: Setting<string> = {
  name: 'affinity',
  label: { en: 'affinity', ko: '친화도' },
  disturbs: false,
  read: (controls, process, thread) => controls.getAffinity(process, thread),
  write: (controls, process, thread, value) => controls.setAffinity(process, thread, value),
  restore: (controls, process, thread, value) => controls.restoreAffinity(process, thread, value),
  text: (value) => value,
  fixed: (thread) =>
    thread.isFixed
      ? {
          en: 'a kernel thread that belongs to its CPU; the kernel does not let it move',
          ko: '특정 CPU에 속한 커널 스레드라서 커널이 옮기지 못하게 합니다',
        }
      : null,
};

export function wishAffinity(cpus: CpuSet): Wish<string> {
  const value = cpus.toKernelList();
  return { setting: affinity, want: () => value, label: value };
}

/** Everywhere but on these CPUs. @param instead for who had no other */
export function wishAway(cpus: CpuSet, instead: (current: CpuSet) => CpuSet): Wish<string> {
  return {
    setting: affinity,
    want(current) {
      const all = CpuSet.parseList(current);
      const left = all.minus(cpus);
      return (left.isEmpty ? instead(all) : left).toKernelList();
    },
    label: 'away',
  };
}
