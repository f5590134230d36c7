/** A target whose threads are held by page faults, whatever their cause: measured, not estimated from counts. */
import { heaviestCauses, stallRule } from '../fault-stalls.ts';

export const faultStalls = stallRule({
  id: 'fault-stalls',
  looksFor: { en: 'threads held by page faults', ko: '페이지 폴트로 멈추는 스레드' },
  causes: null,
  name: { en: 'held by page faults', ko: '페이지 폴트로 멈춤' },
  verdict: { en: 'LATE BECAUSE OF PAGE FAULTS', ko: '늦은 이유: 페이지 폴트' },
  does: { en: 'was held by page faults', ko: '페이지 폴트 때문에 멈춤' },
  evidence: heaviestCauses,
  remedy: (tgid) => ({
    text: { en: 'see which code and which files', ko: '어느 코드와 파일인지 확인' },
    command: `keel faults record ${tgid}`,
  }),
  // Rules for single causes say more about the same time.
  rank: 0.5,
});
