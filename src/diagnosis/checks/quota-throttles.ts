/** A CPU quota that stops the threads: often the true cause of what is blamed on migrations. */
import { isMissing, present } from '../../base/missing.ts';
import type { CpuQuota } from '../../model/cgroup.ts';
import type { ProcessCheck } from '../../model/process-check.ts';
import { type Check, type Warning, wholeProcess } from '../check.ts';

/** A thread stopped in 1 of 100 periods (10 a second) is late about every ten seconds. */
const NOTABLE_RATIO = 0.01;

export const quotaThrottles: Check = {
  id: 'quota-throttles',
  looksFor: {
    en: 'a CPU quota that was used up, so that threads were stopped until the next period',
    ko: '모두 소진되어 다음 주기까지 스레드를 멈추게 한 CPU 할당량',
  },
  check(process) {
    const quotas = present(process.cgroup) && present(process.cgroup.quotas) ? process.cgroup.quotas : [];
    return quotas.flatMap((quota) => warnings(process, quota));
  },
};

function warnings(process: ProcessCheck, quota: CpuQuota): readonly Omit<Warning, 'check'>[] {
  if (isMissing(quota.throttling) || quota.throttling.throttledPeriods === 0n) return [];
  const { periods, throttledPeriods, throttledNs } = quota.throttling;
  const ratio = Number(throttledPeriods) / Math.max(1, Number(periods));
  const share = (ratio * 100).toFixed(1);
  const cpus = Number(quota.cpus.toFixed(2));
  const source = 'cpu.stat';
  return [
    {
      severity: ratio >= NOTABLE_RATIO ? 'warning' : 'info',
      subject: wholeProcess(process),
      summary: {
        en: `the quota of cgroup ${quota.cgroup} (${cpus} CPUs) stopped its threads in ${share} % of the periods`,
        ko: `cgroup ${quota.cgroup}의 할당량(CPU ${cpus}개)가 전체 주기의 ${share} %에서 스레드를 멈췄습니다`,
      },
      evidence: [
        { text: { en: 'periods', ko: '주기' }, value: Number(periods), unit: 'periods', source },
        {
          text: { en: 'of these, used up', ko: '그중 소진된 주기' },
          value: Number(throttledPeriods),
          unit: 'periods',
          source,
        },
        {
          text: { en: 'stopped, summed over CPUs', ko: '멈춘 시간(CPU별 합계)' },
          value: Number(throttledNs),
          unit: 'Ns',
          source,
        },
      ],
      remedies: [
        {
          text: { en: 'see whether it is stopped now', ko: '지금도 멈추고 있는지 확인하세요' },
          command: `keel why ${process.tgid}`,
          undo: null,
        },
      ],
    },
  ];
}
