/** Why a CPU cannot be used, for people. */
import type { Sentence } from '../../../base/sentence.ts';
import type { Unusable } from '../../../model/topology.ts';

export const UNUSABLE: Readonly<Record<Unusable, Sentence>> = {
  offline: { en: 'offline', ko: '오프라인' },
  isolated: {
    en: 'isolated: only what is pinned there runs',
    ko: '격리됨: 여기에 고정한 것만 실행됩니다',
  },
  'not-allowed': {
    en: 'not allowed for you: outside the cpuset or affinity',
    ko: '사용 불가: cpuset이나 친화도 밖입니다',
  },
};
