/** A target whose threads slept for a lock, or for one another, and who let them go on. */
import { lateRule } from '../late-moments.ts';

export const waitsForLocks = lateRule({
  id: 'waits-for-locks',
  mark: 'L',
  looksFor: { en: 'threads that waited for locks', ko: '락을 기다린 스레드' },
  causes: ['lock', 'condition'],
  name: { en: 'late for locks', ko: '락 때문에 늦음' },
  verdict: {
    en: 'LATE BECAUSE OF LOCKS, NOT OF THE CPU',
    ko: '늦은 이유: CPU가 아니라 락',
  },
  does: { en: 'waited for locks that other threads held', ko: '다른 스레드가 쥔 락을 기다림' },
});
