/** Nothing but the affinity of every thread: where there are no cpusets to use. */
import type { Way } from './way.ts';

export const affinityWay: Way = {
  name: 'affinity',
  label: { en: 'the affinity of each thread', ko: '스레드별 친화도' },
  obstacle: () => null,
  steps: () => [],
  cautions: () => [
    {
      en: 'a program that sets its own affinity, or a service started with CPUAffinity=, can come back',
      ko: '스스로 친화도를 정하는 프로그램이나 CPUAffinity=로 시작하는 서비스는 다시 들어올 수 있습니다',
    },
  ],
};
