/** Processes that fault in memory at a high rate without waiting for storage: new memory, copy on write, page cache. */
import { FAULT_LIMITS, faultRule } from '../page-faults.ts';

export const minorFaults = faultRule({
  id: 'minor-faults',
  looksFor: { en: 'high rates of page faults', ko: '페이지 폴트가 많은 프로세스' },
  counter: 'minorFaults',
  childCounter: 'childMinorFaults',
  name: { en: 'minor faults', ko: '마이너 폴트' },
  verdict: { en: 'MANY PAGE FAULTS', ko: '페이지 폴트가 많음' },
  does: {
    en: 'touches new pages all the time: memory that is given back and taken again, or copied',
    ko: '새 페이지를 계속 건드림 (반납하고 다시 받는 메모리, 또는 복사)',
  },
  ...FAULT_LIMITS.minor,
});
