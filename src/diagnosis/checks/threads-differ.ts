/** Threads of one process with different masks: wanted by some programs, forgotten by others. */
import type { Sentence } from '../../base/sentence.ts';
import { affinityGroups } from '../../model/process-check.ts';
import { type Check, wholeProcess } from '../check.ts';
import { mainThreadOnly } from './main-thread-only.ts';

const NAMED_GROUPS = 3;

export const threadsDiffer: Check = {
  id: 'threads-differ',
  looksFor: { en: 'threads with different affinity', ko: '친화도가 서로 다른 스레드' },
  check(process, machine) {
    const groups = affinityGroups(process.threads);
    if (groups.length < 2 || mainThreadOnly.check(process, machine).length > 0) return [];
    const named = groups.slice(0, NAMED_GROUPS);
    const rest = groups.length - named.length;
    const more: Sentence = rest > 0 ? { en: `, ${rest} more`, ko: ` 외 ${rest}가지` } : { en: '', ko: '' };
    return [
      {
        severity: 'info',
        subject: wholeProcess(process),
        summary: {
          en: `threads differ in affinity: ${named.map((g) => `${g.affinity} (${g.threads.length})`).join(', ')}${more.en}`,
          ko: `스레드마다 친화도가 다릅니다: ${named.map((g) => `${g.affinity} (${g.threads.length}개)`).join(', ')}${more.ko}`,
        },
        evidence: [
          {
            text: { en: 'different masks', ko: '서로 다른 마스크' },
            value: groups.length,
            unit: 'masks',
            source: '/proc/PID/task/TID/status',
          },
        ],
        remedies: [
          {
            text: { en: 'see the mask of each thread', ko: '스레드별 마스크를 확인하세요' },
            command: `keel check ${process.tgid} --all`,
            undo: null,
          },
        ],
      },
    ];
  },
};
