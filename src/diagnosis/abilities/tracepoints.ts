/** Tracepoints through tracefs: the formats of scheduler events. */
import { isMissing } from '../../base/missing.ts';
import { type Ability, NOT_TRIED, ready, untried } from '../ability.ts';

export const tracepoints: Ability = {
  id: 'tracepoints',
  name: { en: 'tracepoints', ko: '트레이스포인트' },
  judge({ tracepoints: systems, trials }) {
    if (untried(systems)) return NOT_TRIED;
    if (!isMissing(systems) && systems.includes('sched')) {
      const exceptions = systems.includes('exceptions');
      return exceptions
        ? ready({
            en: 'tracefs: sched, exceptions (error codes)',
            ko: 'tracefs: sched, exceptions (오류 코드)',
          })
        : ready({ en: 'tracefs: sched and others', ko: 'tracefs: sched 등' });
    }
    const denied = isMissing(systems) && systems.missing === 'denied';
    return {
      state: 'no',
      detail: denied
        ? { en: 'tracefs is for root', ko: 'tracefs는 root만 읽을 수 있음' }
        : { en: 'tracefs is not mounted', ko: 'tracefs가 마운트되지 않음' },
      because: null,
      costs:
        trials.bpf === true
          ? { en: 'little: BPF reads the same events', ko: '거의 없음. BPF가 같은 이벤트를 읽습니다' }
          : {
              en: 'who woke and who replaced a thread stays unseen',
              ko: '누가 스레드를 깨우고 대신했는지 볼 수 없습니다',
            },
      grant: denied
        ? { en: 'root', ko: 'root' }
        : {
            en: 'mount -t tracefs none /sys/kernel/tracing',
            ko: 'mount -t tracefs none /sys/kernel/tracing',
          },
    };
  },
};
