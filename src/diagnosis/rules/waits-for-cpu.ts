/** Threads that were runnable and did not run. */
import { isMissing } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import type { ThreadInterval } from '../../model/task-interval.ts';
import type { Finding, Rule, Window } from '../finding.ts';

/** Below 1 % of the window (10 ms a second) waiting is what every shared machine shows. */
const NOTABLE_RATIO = 0.01;
/** Above a quarter, the thread would be a third faster alone. */
const CRITICAL_RATIO = 0.25;
const MOST_FINDINGS = 5;

export const waitsForCpu: Rule = {
  id: 'waits-for-cpu',
  looksFor: {
    en: 'threads that were ready to run and had to wait for a CPU',
    ko: '실행할 준비가 되었지만 CPU를 기다린 스레드',
  },
  check(window) {
    return window.interval.processes
      .flatMap((process) => process.threads)
      .flatMap((thread) => findingFor(thread, window))
      .sort((a, b) => b.weightRatio - a.weightRatio)
      .slice(0, MOST_FINDINGS);
  },
};

function findingFor(thread: ThreadInterval, window: Window): Finding[] {
  if (isMissing(thread.runDelayNs)) return [];
  const waited = thread.runDelayNs / window.interval.elapsedNs;
  if (waited < NOTABLE_RATIO) return [];
  const ran = isMissing(thread.runTimeNs) ? null : thread.runTimeNs / window.interval.elapsedNs;
  return [
    {
      rule: waitsForCpu.id,
      severity: waited >= CRITICAL_RATIO ? 'critical' : 'warning',
      subject: { tgid: thread.tgid, tid: thread.tid, comm: thread.comm },
      summary: summary(thread, waited),
      evidence: [
        {
          text: { en: 'run delay in the window', ko: '관찰 구간의 실행 지연' },
          value: thread.runDelayNs,
          unit: 'Ns',
          source: '/proc/PID/task/TID/schedstat',
        },
        ...(ran === null
          ? []
          : [
              {
                text: { en: 'share of the window it ran', ko: '관찰 구간 중 실행된 비율' },
                value: ran * 100,
                unit: 'Pct',
                source: '/proc/PID/task/TID/schedstat',
              },
            ]),
      ],
      against: [],
      remedies: [
        {
          text: { en: 'see where it may run, and who else does', ko: '어디서 실행될 수 있는지 확인하세요' },
          command: `keel check ${thread.tgid}`,
          undo: null,
        },
      ],
      weightRatio: waited,
    },
  ];
}

function summary(thread: ThreadInterval, waited: number): Sentence {
  const share = (waited * 100).toFixed(1);
  return {
    en: `${thread.comm} (thread ${thread.tid}) was ready and waited for a CPU ${share} % of the time`,
    ko: `${thread.comm} (스레드 ${thread.tid})이(가) 시간의 ${share} % 동안 CPU를 기다렸습니다`,
  };
}
