/** Locked memory close to its limit: the next mlock fails, and with MCL_FUTURE the next mmap too. */
import { isMissing } from '../../base/missing.ts';
import { type Check, wholeProcess } from '../check.ts';
import { lockEvidence, NEAR_LIMIT_RATIO, raiseLockLimit } from '../lock-limit.ts';

export const lockLimit: Check = {
  id: 'lock-limit',
  looksFor: { en: 'locked memory close to its limit', ko: '한도에 가까운 잠긴 메모리' },
  check(process) {
    const { lockedBytes } = process.memory;
    const limit = process.lockedMemoryLimit;
    if (isMissing(lockedBytes) || lockedBytes === 0 || isMissing(limit) || limit.soft === 'unlimited')
      return [];
    const limitBytes = Number(limit.soft);
    if (lockedBytes < limitBytes * NEAR_LIMIT_RATIO) return [];
    const beyond = lockedBytes > limitBytes;
    return [
      {
        severity: 'warning',
        subject: wholeProcess(process),
        summary: beyond
          ? {
              en: 'it has locked more memory than its limit allows; without CAP_IPC_LOCK further locks fail',
              ko: '한도보다 많은 메모리를 잠갔습니다. CAP_IPC_LOCK이 없으면 더 잠글 수 없습니다',
            }
          : {
              en: 'its locked memory is close to the limit: a further lock will fail',
              ko: '잠긴 메모리가 한도에 가깝습니다. 더 잠그면 실패합니다',
            },
        evidence: lockEvidence(lockedBytes, limitBytes),
        remedies: [raiseLockLimit(process.tgid, limit)],
      },
    ];
  },
};
