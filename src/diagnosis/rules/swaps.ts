/** Pages that come back from swap: whoever touches one waits for it. */
import { isMissing } from '../../base/missing.ts';
import { perSec } from '../../model/difference.ts';
import { evidence, type Rule, severityOf } from '../finding.ts';
import { cannotKnow, known, machineRank, nameOf, subjectsOf, vmstatSum } from '../look.ts';

const SOURCE = '/proc/vmstat';
/** The same rate as for major faults: read-ahead makes several pages of one fault, so this is the lower bar. */
const LIMIT_PER_SEC = 10;
/** Between zram (1 us) and a disk (several ms). */
const PAGE_COST_NS = 100_000;

export const swaps: Rule = {
  id: 'swaps',
  looksFor: { en: 'memory that comes back from swap', ko: '스왑에서 돌아오는 메모리' },
  check(window) {
    if (isMissing(window.interval.machine.vmstat))
      return cannotKnow('vmstat', window.interval.machine.vmstat);
    const inPerSec = perSec(vmstatSum(window, /^pswpin$/) ?? 0, window.interval.elapsedNs);
    const outPerSec = perSec(vmstatSum(window, /^pswpout$/) ?? 0, window.interval.elapsedNs);
    const closest = {
      text: { en: 'pages from swap', ko: '스왑에서 읽은 페이지' },
      value: inPerSec,
      unit: 'PerSec',
      source: SOURCE,
      limit: LIMIT_PER_SEC,
    };
    if (inPerSec < LIMIT_PER_SEC) return { findings: [], closest, gaps: [] };
    const ratio = Math.min(1, (inPerSec * PAGE_COST_NS) / 1e9);
    const [most] = subjectsOf(window)
      .filter((process) => known(process.majorFaults) > 0)
      .sort((a, b) => known(b.majorFaults) - known(a.majorFaults));
    const finding = {
      rule: swaps.id,
      mark: 'F' as const,
      severity: severityOf(ratio),
      subject: null,
      verdict: { en: 'LATE BECAUSE MEMORY WAS SWAPPED OUT', ko: '늦은 이유: 스왑으로 밀려난 메모리' },
      summary: {
        en: `pages came back from swap${most === undefined ? '' : `; most faults: ${nameOf(most, window)}`}`,
        ko: `페이지를 스왑에서 다시 읽음${most === undefined ? '' : ` (폴트가 가장 많은 프로세스: ${nameOf(most, window)})`}`,
      },
      evidence: [
        evidence({ en: 'pages in', ko: '들어온 페이지' }, inPerSec, 'PerSec', SOURCE),
        evidence({ en: 'pages out', ko: '나간 페이지' }, outPerSec, 'PerSec', SOURCE),
      ],
      against: [],
      remedies:
        most === undefined
          ? []
          : [
              {
                text: { en: 'see who waits for its pages', ko: '페이지를 기다리는 프로세스를 확인' },
                command: `keel monitor ${most.tgid} 10s`,
                undo: null,
              },
            ],
      weightRatio: ratio,
      rankRatio: machineRank(ratio, window),
      isEstimate: true,
    };
    return { findings: [finding], closest, gaps: [] };
  },
};
