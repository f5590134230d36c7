/** Perf events with their rings: every fault, switch and move with its time. */
import { isMissing, orNull } from '../../base/missing.ts';
import { type Ability, NOT_TRIED, ready, succeeded, untried } from '../ability.ts';

export const exactEvents: Ability = {
  id: 'exact-events',
  name: { en: 'exact events', ko: '정확한 이벤트' },
  judge({ trials, perfParanoia, seccompMode }) {
    if (untried(trials.perfOwn)) return NOT_TRIED;
    if (succeeded(trials.perfMachine))
      return ready({ en: 'perf events, all tasks', ko: 'perf 이벤트, 모든 태스크' });
    const level = orNull(perfParanoia);
    const filtered = !isMissing(seccompMode) && seccompMode === 2;
    const grant = {
      en: 'root or CAP_PERFMON; or sysctl kernel.perf_event_paranoid=-1',
      ko: 'root나 CAP_PERFMON, 또는 sysctl kernel.perf_event_paranoid=-1',
    };
    const because = {
      en: `kernel.perf_event_paranoid is ${level ?? 'not readable'} and CAP_PERFMON is not held${filtered ? '; a seccomp filter is on' : ''}`,
      ko: `kernel.perf_event_paranoid가 ${level ?? '읽히지 않고'}, CAP_PERFMON이 없음${filtered ? ' (seccomp 필터 사용 중)' : ''}`,
    };
    if (succeeded(trials.perfOwn)) {
      return {
        state: 'partly',
        detail: { en: 'own processes, user mode only', ko: '자기 프로세스, 사용자 모드만' },
        because,
        costs: {
          en: "others' processes and kernel-mode faults stay unseen",
          ko: '다른 사용자의 프로세스와 커널 모드 폴트는 볼 수 없습니다',
        },
        grant,
      };
    }
    return {
      state: 'no',
      detail: { en: 'perf_event_open is refused', ko: 'perf_event_open이 거부됨' },
      because,
      costs: {
        en: 'no latency of faults and switches; counts of /proc remain',
        ko: '폴트와 전환의 지연 시간을 알 수 없고, /proc의 횟수만 남습니다',
      },
      grant,
    };
  },
};
