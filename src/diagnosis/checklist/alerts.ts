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
        en: 'keel agent watches all the time and sends alerts; as a service: keel agent install',
        ko: 'keel agent가 계속 지켜보고 알림을 보냅니다. 서비스로 설치: keel agent install',
      },
    };
  },
};
