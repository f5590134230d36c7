/** A target whose wake-ups and moves themselves took long: idle CPUs that sleep deeply, moves from CPU to CPU. */
import { lateRule } from '../late-moments.ts';

export const wakesLate = lateRule({
  id: 'wakes-late',
  mark: 'M',
  looksFor: { en: 'wake-ups and moves that took long', ko: '오래 걸린 깨우기와 이동' },
  causes: ['wake-up', 'migration'],
  name: { en: 'late while woken or moved', ko: '깨우기와 이동으로 늦음' },
  verdict: { en: 'LATE BECAUSE WAKING AND MOVING IT TOOK LONG', ko: '늦은 이유: 깨우기와 이동이 오래 걸림' },
  does: { en: 'was being woken or moved', ko: '깨어나거나 옮겨지는 중' },
});
