/** Cgroups that used up their CPU quota and were stopped for the rest of the period. */
import { isMissing } from '../../base/missing.ts';
import type { GroupThrottling } from '../../model/throttling.ts';
import { evidence, type Finding, NOTABLE_RATIO, type Rule, severityOf, type Window } from '../finding.ts';
import { cannotKnow, gapOf, known, nameOf, subjectsOf } from '../look.ts';

const SOURCE = 'cpu.stat';

export const throttled: Rule = {
  id: 'throttled',
  looksFor: { en: 'cgroups stopped by their CPU quota', ko: 'CPU 할당량 때문에 멈춘 cgroup' },
  check(window) {
    if (isMissing(window.throttling)) return cannotKnow('throttling', window.throttling);
    const subjects = new Set(subjectsOf(window).map((process) => process.tgid));
    const groups = window.throttling.filter((group) => group.tgids.some((tgid) => subjects.has(tgid)));
    const unread = groups.map((group) => group.throttledPeriods).find(isMissing);
    return {
      findings: groups
        .filter((group) => stoppedRatio(group) >= NOTABLE_RATIO)
        .map((group) => findingFor(group, window)),
      closest: {
        text: { en: 'periods stopped by a CPU quota', ko: 'CPU 할당량으로 멈춘 주기' },
        value: Math.max(0, ...groups.map(stoppedRatio)) * 100,
        unit: 'Pct',
        source: SOURCE,
        limit: NOTABLE_RATIO * 100,
      },
      gaps: unread === undefined ? [] : [gapOf('throttling', unread)],
    };
  },
};

/** Of the periods in which it wanted to run. */
function stoppedRatio(group: GroupThrottling): number {
  return known(group.periods) === 0 ? 0 : known(group.throttledPeriods) / known(group.periods);
}

function findingFor(group: GroupThrottling, window: Window): Finding {
  const ratio = stoppedRatio(group);
  const [busiest] = subjectsOf(window)
    .filter((process) => group.tgids.includes(process.tgid))
    .sort((a, b) => known(b.runTimeNs) - known(a.runTimeNs));
  const cpus = `${Math.round(group.cpus * 100) / 100}`;
  const name = busiest === undefined ? group.cgroup : nameOf(busiest, window);
  const others = group.tgids.length - 1;
  return {
    rule: throttled.id,
    mark: 'Q',
    severity: severityOf(ratio),
    subject: busiest === undefined ? null : { tgid: busiest.tgid, tid: null, comm: busiest.comm },
    verdict: {
      en: `LATE BECAUSE OF THE CPU QUOTA: ${name} may use ${cpus} CPUs`,
      ko: `늦은 이유: CPU 할당량 (${name}은(는) CPU ${cpus}개까지)`,
    },
    summary: {
      en: `${name}${others > 0 ? ` and ${others} more` : ''} in cgroup ${group.cgroup} used up the quota and stood still`,
      ko: `cgroup ${group.cgroup}의 ${name}${others > 0 ? ` 외 ${others}개` : ''}: 할당량을 다 쓰고 멈춤`,
    },
    evidence: [
      evidence({ en: 'periods stopped', ko: '멈춘 주기' }, known(group.throttledPeriods), 'periods', SOURCE),
      evidence({ en: 'periods in all', ko: '전체 주기' }, known(group.periods), 'periods', SOURCE),
      evidence(
        { en: 'stopped, summed over CPUs', ko: '멈춘 시간(CPU 합계)' },
        known(group.throttledNs),
        'Ns',
        SOURCE,
      ),
    ],
    against: [],
    remedies: [
      {
        text: {
          en: 'raise cpu.max of the group (CPUQuota= of the unit); no placement can help',
          ko: '그룹의 cpu.max(유닛의 CPUQuota=)를 올리세요. CPU 고정으로는 나아지지 않습니다',
        },
        command: busiest === undefined ? null : `keel recommend ${busiest.tgid}`,
        undo: null,
      },
    ],
    weightRatio: ratio,
    rankRatio: ratio,
    isEstimate: false,
  };
}
