/** What the check of a process and the rule about a window have in common: locked memory at its limit. */
import type { Evidence, Remedy } from './finding.ts';

/** The next allocation of a program is seldom more than a quarter of what it has locked already. */
export const NEAR_LIMIT_RATIO = 0.8;

export function lockEvidence(lockedBytes: number, limitBytes: number): Evidence[] {
  return [
    {
      text: { en: 'locked', ko: '잠긴 메모리' },
      value: lockedBytes,
      unit: 'Bytes',
      source: '/proc/PID/status',
    },
    { text: { en: 'limit', ko: '한도' }, value: limitBytes, unit: 'Bytes', source: '/proc/PID/limits' },
  ];
}

export function raiseLockLimit(
  tgid: number,
  limit: { readonly soft: bigint | 'unlimited'; readonly hard: bigint | 'unlimited' },
): Remedy {
  return {
    text: {
      en: 'raise the limit of the running process; for good, LimitMEMLOCK= in its unit',
      ko: '실행 중인 프로세스의 한도를 올리세요. 계속 유지하려면 유닛에 LimitMEMLOCK=',
    },
    command: `prlimit --pid ${tgid} --memlock=unlimited`,
    undo: `prlimit --pid ${tgid} --memlock=${limit.soft}:${limit.hard}`,
  };
}
