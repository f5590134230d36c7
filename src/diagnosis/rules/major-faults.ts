/** Processes that wait for pages from storage or swap. */
import { FAULT_LIMITS, faultRule } from '../page-faults.ts';

export const majorFaults = faultRule({
  id: 'major-faults',
  looksFor: { en: 'page faults that wait for storage', ko: '저장 장치를 기다리는 페이지 폴트' },
  counter: 'majorFaults',
  childCounter: 'childMajorFaults',
  name: { en: 'major faults', ko: '메이저 폴트' },
  verdict: {
    en: 'LATE BECAUSE PAGES HAD TO BE READ FROM STORAGE',
    ko: '늦은 이유: 저장 장치에서 페이지를 읽음',
  },
  does: {
    en: 'touched memory that was not there and waited for storage',
    ko: '메모리에 없는 페이지를 읽느라 기다림',
  },
  ...FAULT_LIMITS.major,
});
