/** The cgroup hierarchies: quotas, cpusets and memory limits are read from them. */
import { isMissing } from '../../base/missing.ts';
import { type Ability, NOT_TRIED, ready, untried } from '../ability.ts';

export const cgroups: Ability = {
  id: 'cgroups',
  name: { en: 'cgroups', ko: 'cgroup' },
  judge({ cgroups: layout }) {
    if (untried(layout)) return NOT_TRIED;
    if (isMissing(layout) || layout.versions.length === 0) {
      return {
        state: 'no',
        detail: { en: 'no hierarchy is mounted', ko: '마운트된 계층이 없음' },
        because: isMissing(layout) ? { en: layout.missing, ko: layout.missing } : null,
        costs: {
          en: 'quotas, cpusets and limits cannot be seen',
          ko: '할당량, cpuset, 한도를 볼 수 없습니다',
        },
        grant: { en: 'mount -t cgroup2 none /sys/fs/cgroup', ko: 'mount -t cgroup2 none /sys/fs/cgroup' },
      };
    }
    const legacy = layout.controllers.join(', ');
    if (layout.versions.length === 2) {
      return ready({ en: `hybrid; of v1: ${legacy}`, ko: `혼합. v1 컨트롤러: ${legacy}` });
    }
    return layout.versions[0] === 2
      ? ready({ en: 'version 2', ko: '버전 2' })
      : ready({ en: `version 1: ${legacy}`, ko: `버전 1: ${legacy}` });
  },
};
