/** A target whose threads were ready, and other tasks had their CPU: which ones. */
import { lateRule } from '../late-moments.ts';

export const heldByTasks = lateRule({
  id: 'held-by-tasks',
  mark: 'T',
  looksFor: {
    en: 'tasks that had the CPU while threads waited for it',
    ko: '스레드가 기다리는 동안 CPU를 쓴 태스크',
  },
  causes: ['preempted', 'behind'],
  name: { en: 'late behind other tasks', ko: '다른 태스크 뒤에서 늦음' },
  verdict: { en: 'LATE BECAUSE OTHER TASKS HAD ITS CPU', ko: '늦은 이유: 다른 태스크가 CPU를 씀' },
  does: { en: 'was ready while other tasks had its CPU', ko: '실행할 준비가 된 동안 다른 태스크가 CPU를 씀' },
  remedy: (tgid) => ({
    text: { en: 'try other places for it, and keep what helps', ko: '다른 배치를 시도하고 나아진 것만 유지' },
    command: `keel optimize ${tgid}`,
    undo: 'keel undo',
  }),
});
