/** CPUs that spend much of their time on interrupts: the threads there are interrupted as often. */
import { isMissing } from '../../base/missing.ts';
import type { CpuTimesNs } from '../../model/interval.ts';
import { evidence, type Finding, type Rule, severityOf, type Window } from '../finding.ts';
import { cannotKnow, machineRank } from '../look.ts';

const SOURCE = '/proc/stat';
/** A tenth of a CPU is what one nice level is worth (kernel/sched/core.c, sched_prio_to_weight). */
const LIMIT_RATIO = 0.1;

export const interrupts: Rule = {
  id: 'interrupts',
  looksFor: { en: 'CPUs busy with interrupts', ko: '인터럽트 처리로 바쁜 CPU' },
  check(window) {
    const { cpus } = window.interval.machine;
    if (isMissing(cpus)) return cannotKnow('cpus', cpus);
    const ranked = [...cpus]
      .map(([cpu, times]) => ({ cpu, times, ratio: interruptedRatio(times) }))
      .sort((a, b) => b.ratio - a.ratio);
    return {
      findings: ranked.filter((one) => one.ratio >= LIMIT_RATIO).map((one) => findingFor(one, window)),
      closest: {
        text: { en: 'interrupts on a CPU', ko: 'CPU 하나의 인터럽트 처리' },
        value: (ranked[0]?.ratio ?? 0) * 100,
        unit: 'Pct',
        source: SOURCE,
        limit: LIMIT_RATIO * 100,
      },
      gaps: [],
    };
  },
};

function interruptedRatio(times: CpuTimesNs): number {
  const all = Object.values(times).reduce((total, ns) => total + ns, 0);
  return all === 0 ? 0 : (times.irqNs + times.softirqNs) / all;
}

function findingFor(
  { cpu, times, ratio }: { cpu: number; times: CpuTimesNs; ratio: number },
  window: Window,
): Finding {
  const { elapsedNs } = window.interval;
  return {
    rule: interrupts.id,
    mark: 'I',
    severity: severityOf(ratio),
    subject: null,
    verdict: {
      en: `LATE BECAUSE OF INTERRUPTS ON CPU ${cpu}`,
      ko: `늦은 이유: CPU ${cpu}의 인터럽트`,
    },
    summary: {
      en: `CPU ${cpu} spent its time on interrupts instead of threads`,
      ko: `CPU ${cpu}이(가) 스레드 대신 인터럽트를 처리함`,
    },
    evidence: [
      evidence({ en: 'softirq', ko: 'softirq' }, (times.softirqNs / elapsedNs) * 100, 'Pct', SOURCE),
      evidence(
        { en: 'hard interrupts', ko: '하드 인터럽트' },
        (times.irqNs / elapsedNs) * 100,
        'Pct',
        SOURCE,
      ),
    ],
    against: [],
    remedies: [
      {
        text: {
          en: 'keep threads that must be on time on CPUs without interrupts (irqfree)',
          ko: '제때 실행되어야 하는 스레드는 인터럽트가 없는 CPU(irqfree)에 두세요',
        },
        command: 'keel topo',
        undo: null,
      },
    ],
    weightRatio: ratio,
    rankRatio: machineRank(ratio, window),
    isEstimate: false,
  };
}
