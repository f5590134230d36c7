/** Somebody should be told when faults surge; a rate that nobody looks at helps nobody. */
import { isMissing } from '../../base/missing.ts';
import { type ChecklistItem, notKnown, UNREAD } from '../checklist-item.ts';

export const alerts: ChecklistItem = {
  id: 'alerts',
  question: { en: 'does anybody hear of a surge?', ko: '급증하면 알림이 옵니까?' },
  check({ agent }) {
    if (isMissing(agent)) return notKnown(UNREAD);
    if (agent)
      return {
        status: 'pass',
        found: { en: 'keel agent runs', ko: 'keel agent 실행 중' },
        evidence: [],
        advice: null,
      };
    return {
      status: 'fail',
      found: { en: 'no agent runs here', ko: '실행 중인 에이전트 없음' },
      evidence: [],
      advice: {
        en: 'keel faults watch TARGET --minor 1000 --major 10 --stall 1% warns as long as it runs',
        ko: 'keel faults watch 대상 --minor 1000 --major 10 --stall 1%가 실행되는 동안 경고합니다',
      },
    };
  },
};
