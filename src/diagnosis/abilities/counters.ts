/** Per-thread counters in /proc: what monitor, check and why rest on. */
import { isMissing } from '../../base/missing.ts';
import { type Ability, NOT_TRIED, ready, untried } from '../ability.ts';

export const counters: Ability = {
  id: 'counters',
  name: { en: 'per-thread counters', ko: '스레드별 카운터' },
  judge({ schedstat, sched }) {
    if (untried(schedstat)) return NOT_TRIED;
    if (isMissing(schedstat)) {
      return {
        state: 'no',
        detail: { en: 'no run time and run delay', ko: '실행 시간과 실행 지연 없음' },
        because: { en: `schedstat is ${schedstat.missing}`, ko: `schedstat: ${schedstat.missing}` },
        costs: { en: 'nothing says who waited for a CPU', ko: '누가 CPU를 기다렸는지 알 수 없습니다' },
        grant: { en: 'a kernel with CONFIG_SCHED_INFO', ko: 'CONFIG_SCHED_INFO를 켠 커널' },
      };
    }
    if (isMissing(sched) || sched.migrations === null) {
      return {
        state: 'partly',
        detail: { en: 'run time, run delay, faults; no moves', ko: '실행 시간, 지연, 폴트. 이동은 없음' },
        because: {
          en: 'the kernel does not write task/TID/sched',
          ko: '커널이 task/TID/sched를 제공하지 않음',
        },
        costs: {
          en: 'moves and switches of a thread are dashes',
          ko: '스레드의 이동과 전환이 표시되지 않습니다',
        },
        grant: { en: 'a kernel with CONFIG_SCHED_DEBUG', ko: 'CONFIG_SCHED_DEBUG를 켠 커널' },
      };
    }
    return ready({
      en: '/proc: run time, run delay, moves, faults',
      ko: '/proc: 실행 시간, 지연, 이동, 폴트',
    });
  },
};
