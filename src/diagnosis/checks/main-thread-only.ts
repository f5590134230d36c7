/** The trap of `taskset -p` without `-a`: the main thread is pinned, and the threads that do the work are not. */
import { affinityGroups } from '../../model/process-check.ts';
import { type Check, wholeProcess } from '../check.ts';

export const mainThreadOnly: Check = {
  id: 'main-thread-only',
  looksFor: {
    en: 'a main thread that is pinned while all others are not, as taskset -p without -a leaves it',
    ko: 'taskset -p를 -a 없이 쓴 것처럼 메인 스레드만 고정된 프로세스',
  },
  check(process) {
    const groups = affinityGroups(process.threads);
    const [others, main] = groups;
    if (groups.length !== 2 || others === undefined || main === undefined) return [];
    const [first] = main.threads;
    if (main.threads.length !== 1 || first?.tid !== process.tgid) return [];
    if (!main.affinity.isSubsetOf(others.affinity)) return [];
    const count = others.threads.length;
    return [
      {
        severity: 'warning',
        subject: wholeProcess(process),
        summary: {
          en: `only the main thread is pinned (to ${main.affinity}); ${count} other ${count === 1 ? 'thread runs' : 'threads run'} on ${others.affinity}`,
          ko: `메인 스레드만 ${main.affinity}에 고정되어 있고, 나머지 스레드 ${count}개는 ${others.affinity}에서 실행됩니다`,
        },
        evidence: [
          {
            text: { en: 'threads that are not pinned', ko: '고정되지 않은 스레드' },
            value: count,
            unit: 'threads',
            source: '/proc/PID/task/TID/status',
          },
        ],
        remedies: [
          {
            text: { en: 'pin all of its threads', ko: '모든 스레드를 고정하세요' },
            command: `keel pin ${process.tgid} ${main.affinity}`,
            undo: 'keel undo',
          },
        ],
      },
    ];
  },
};
