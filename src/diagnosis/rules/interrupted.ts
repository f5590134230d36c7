/** A target whose threads could not go on because their CPU served interrupts: which ones. */
import { lateRule } from '../late-moments.ts';

export const interrupted = lateRule({
  id: 'interrupted',
  mark: 'I',
  looksFor: { en: 'interrupts on the CPU of a thread', ko: '스레드의 CPU에서 처리된 인터럽트' },
  causes: ['interrupt', 'softirq', 'interrupt-entry'],
  name: { en: 'late for interrupts', ko: '인터럽트로 늦음' },
  verdict: { en: 'LATE BECAUSE ITS CPU SERVED INTERRUPTS', ko: '늦은 이유: CPU가 인터럽트를 처리함' },
  does: { en: 'was held by interrupts on its CPU', ko: '자기 CPU의 인터럽트 때문에 멈춤' },
});
