/** Real-time threads: the kernel stops them when they use up their share of a period. */
import { isMissing } from '../../base/missing.ts';
import { type Check, wholeProcess } from '../check.ts';

export const realtimeLimit: Check = {
  id: 'realtime-limit',
  looksFor: {
    en: 'real-time threads that the kernel stops when they use up their share of a period',
    ko: '주기 안의 몫을 다 쓰면 커널이 멈추는 실시간 스레드',
  },
  check(process, machine) {
    const threads = process.threads.filter(({ policy }) => policy === 'fifo' || policy === 'rr');
    const { realtimeRuntimeUs: runtimeUs, realtimePeriodUs: periodUs } = machine;
    if (threads.length === 0 || isMissing(runtimeUs) || runtimeUs === null || isMissing(periodUs)) return [];
    if (runtimeUs >= periodUs) return [];
    const [runtimeMs, periodMs] = [runtimeUs / 1000, periodUs / 1000];
    return [
      {
        severity: 'info',
        subject: wholeProcess(process),
        summary: {
          en: `real-time threads (${threads.length}) may run ${runtimeMs} of each ${periodMs} ms; one that never sleeps is stopped for the rest`,
          ko: `실시간 스레드(${threads.length}개)는 ${periodMs} ms마다 ${runtimeMs} ms까지 실행되며, 쉬지 않으면 나머지 동안 멈춥니다`,
        },
        evidence: [
          {
            text: { en: 'real-time share of a period', ko: '주기 중 실시간 몫' },
            value: (runtimeUs / periodUs) * 100,
            unit: 'Pct',
            source: '/proc/sys/kernel/sched_rt_runtime_us',
          },
        ],
        remedies: [
          {
            text: { en: 'see whether it is held up', ko: '실제로 지연되는지 확인하세요' },
            command: `keel why ${process.tgid}`,
            undo: null,
          },
        ],
      },
    ];
  },
};
