/** CPU time that the hypervisor gave to other machines. */
import { isMissing } from '../../base/missing.ts';
import type { CpuTimesNs } from '../../model/interval.ts';
import { evidence, NOTABLE_RATIO, type Rule, severityOf } from '../finding.ts';
import { cannotKnow, machineRank } from '../look.ts';

const SOURCE = '/proc/stat';

export const steal: Rule = {
  id: 'steal',
  looksFor: { en: 'time that the hypervisor took', ko: '하이퍼바이저가 가져간 시간' },
  check(window) {
    const { cpuTimes, cpus } = window.interval.machine;
    if (isMissing(cpuTimes)) return cannotKnow('cpuTimes', cpuTimes);
    const ratio = stolenRatio(cpuTimes);
    const closest = {
      text: { en: 'steal', ko: 'steal' },
      value: ratio * 100,
      unit: 'Pct',
      source: SOURCE,
      limit: NOTABLE_RATIO * 100,
    };
    if (ratio < NOTABLE_RATIO) return { findings: [], closest, gaps: [] };
    const [worst] = isMissing(cpus) ? [] : [...cpus].sort(([, a], [, b]) => stolenRatio(b) - stolenRatio(a));
    const finding = {
      rule: steal.id,
      mark: 'H' as const,
      severity: severityOf(ratio),
      subject: null,
      verdict: { en: 'LATE BECAUSE OF THE HYPERVISOR', ko: '늦은 이유: 하이퍼바이저' },
      summary: {
        en: 'the hypervisor gave CPU time of this machine to others',
        ko: '하이퍼바이저가 이 컴퓨터의 CPU 시간을 다른 곳에 씀',
      },
      evidence: [
        evidence({ en: 'steal, all CPUs', ko: 'steal, 모든 CPU' }, ratio * 100, 'Pct', SOURCE),
        ...(worst === undefined
          ? []
          : [
              evidence(
                { en: `CPU ${worst[0]}`, ko: `CPU ${worst[0]}` },
                stolenRatio(worst[1]) * 100,
                'Pct',
                SOURCE,
              ),
            ]),
      ],
      against: [],
      remedies: [
        {
          text: {
            en: 'nothing inside this machine can help; show the hoster these numbers, or move',
            ko: '이 컴퓨터 안에서는 해결할 수 없습니다. 이 수치를 호스팅 업체에 보여 주거나 옮기세요',
          },
          command: null,
          undo: null,
        },
      ],
      weightRatio: ratio,
      rankRatio: machineRank(ratio, window),
      isEstimate: false,
    };
    return { findings: [finding], closest, gaps: [] };
  },
};

function stolenRatio(times: CpuTimesNs): number {
  const all = Object.values(times).reduce((total, ns) => total + ns, 0);
  return all === 0 ? 0 : times.stealNs / all;
}
