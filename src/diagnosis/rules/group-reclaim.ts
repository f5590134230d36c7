/** Threads that have to free pages of their cgroup because it is at its limit, whether or not those pages come back. */

import { groupOf } from '../look.ts';
import { limitRemedies } from '../memory-limit.ts';
import { workRule } from '../memory-work.ts';

export const groupReclaim = workRule({
  id: 'group-reclaim',
  looksFor: {
    en: 'threads that free memory because their cgroup is full',
    ko: 'cgroup 한도 때문에 직접 메모리를 회수하는 스레드',
  },
  kind: 'groupReclaim',
  name: { en: 'reclaiming for its cgroup', ko: 'cgroup을 위한 메모리 회수' },
  verdict: {
    en: 'LATE BECAUSE ITS CGROUP IS FULL',
    ko: '늦은 이유: cgroup의 메모리가 가득 참',
  },
  does: {
    en: 'had to free memory of its cgroup for each page it wanted',
    ko: '페이지를 받을 때마다 cgroup의 메모리를 직접 회수함',
  },
  evidence: () => [],
  remedies: (process, window) => {
    const group = groupOf(process, window);
    return group === null ? [] : limitRemedies(group, window.units.get(process.tgid));
  },
});
