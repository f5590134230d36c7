/** A program that must not wait for pages locks them, as far as RLIMIT_MEMLOCK lets it. */
import { isMissing } from '../../base/missing.ts';
import { type ChecklistItem, notKnown, UNREAD } from '../checklist-item.ts';
import { evidence } from '../finding.ts';

const LIMITS_SOURCE = '/proc/PID/limits';
const STATUS_SOURCE = '/proc/PID/status';

export const lockLimitItem: ChecklistItem = {
  id: 'lock-limit',
  question: { en: 'could it lock all its memory?', ko: '메모리를 모두 잠글 수 있습니까?' },
  check({ process }) {
    if (isMissing(process)) return notKnown(UNREAD);
    const { lockSoftBytes, rssBytes, isExempt } = process;
    if (isExempt === true) {
      const found = { en: 'no limit binds it (CAP_IPC_LOCK)', ko: '한도가 적용되지 않음 (CAP_IPC_LOCK)' };
      return { status: 'pass', found, evidence: [], advice: null };
    }
    if (lockSoftBytes === 'unlimited') {
      return { status: 'pass', found: { en: 'no limit', ko: '한도 없음' }, evidence: [], advice: null };
    }
    if (rssBytes === null) return notKnown(UNREAD);
    const enough = Number(lockSoftBytes) >= rssBytes;
    return {
      status: enough ? 'pass' : 'fail',
      found: enough
        ? { en: 'the limit allows it', ko: '한도 안에 있음' }
        : { en: 'the limit is lower', ko: '한도가 더 낮음' },
      evidence: [
        evidence({ en: 'limit', ko: '한도' }, Number(lockSoftBytes), 'Bytes', LIMITS_SOURCE),
        evidence({ en: 'resident', ko: '상주 메모리' }, rssBytes, 'Bytes', STATUS_SOURCE),
      ],
      advice: enough
        ? null
        : {
            en: 'LimitMEMLOCK=infinity in its unit; how for others: keel locks TARGET',
            ko: '유닛에 LimitMEMLOCK=infinity. 다른 방법: keel locks 대상',
          },
    };
  },
};
