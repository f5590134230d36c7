/** How much a process may lock: RLIMIT_MEMLOCK, "8388608 unlimited". `at` is the process. */
import { isProcessPlace, processOf } from './membership.ts';
import type { MachineSetting } from './setting.ts';

export const lockLimit: MachineSetting = {
  name: 'lockLimit',
  label: { en: 'memory lock limit of process', ko: '메모리 잠금 한도, 프로세스' },
  isPlace: isProcessPlace,
  isValue: (value) => /^(\d{1,20}|unlimited) (\d{1,20}|unlimited)$/.test(value),
  read: ({ memory }, { at }) => memory.lockLimit(processOf(at)),
  write: ({ memory }, at, value) => memory.setLockLimit(processOf(at), value),
  restore: ({ memory }, { at, before }) => memory.setLockLimit(processOf(at), before),
  same: (a, b) => a === b,
};

export function lockLimitText({
  soft,
  hard,
}: {
  readonly soft: bigint | 'unlimited';
  readonly hard: bigint | 'unlimited';
}): string {
  return `${soft} ${hard}`;
}
