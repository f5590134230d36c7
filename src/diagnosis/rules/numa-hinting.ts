/** Automatic NUMA balancing takes pages away for a moment to see who wants them, and moves some: both are faults. */
import { isMissing } from '../../base/missing.ts';
import { perSec } from '../../model/difference.ts';
import { evidence, NOTABLE_RATIO, type Remedy, type Rule, severityOf, type Window } from '../finding.ts';
import { cannotKnow, machineRank, vmstatSum } from '../look.ts';

const SOURCE = '/proc/vmstat';
/** A hinting fault is a minor fault of 0.5 to 2 µs; a page that moves is copied, some 10 µs with its bookkeeping. */
const HINT_COST_NS = 2_000;
const MOVE_COST_NS = 10_000;

export const numaHinting: Rule = {
  id: 'numa-hinting',
  looksFor: { en: 'faults of automatic NUMA balancing', ko: '자동 NUMA 균형 조정의 폴트' },
  check(window) {
    const { vmstat } = window.interval.machine;
    if (isMissing(vmstat)) return cannotKnow('vmstat', vmstat);
    const { elapsedNs } = window.interval;
    const hints = vmstatSum(window, /^numa_hint_faults$/) ?? 0;
    const moved = vmstatSum(window, /^numa_pages_migrated$/) ?? 0;
    const ratio = Math.min(1, (hints * HINT_COST_NS + moved * MOVE_COST_NS) / elapsedNs / window.onlineCpus);
    const text = { en: 'faults of NUMA balancing', ko: 'NUMA 균형 조정의 폴트' };
    const closest = { text, value: 100 * ratio, unit: 'Pct', source: SOURCE, limit: 100 * NOTABLE_RATIO };
    if (ratio < NOTABLE_RATIO) return { findings: [], closest, gaps: [] };
    const finding = {
      rule: numaHinting.id,
      mark: 'F' as const,
      severity: severityOf(ratio),
      subject: null,
      verdict: {
        en: 'LATE BECAUSE PAGES ARE MOVED BETWEEN NUMA NODES',
        ko: '늦은 이유: NUMA 노드 사이의 페이지 이동',
      },
      summary: {
        en: 'automatic NUMA balancing made threads fault and moved their pages',
        ko: '자동 NUMA 균형 조정이 폴트를 일으키고 페이지를 옮김',
      },
      evidence: [
        evidence({ en: 'hinting faults', ko: '조정 폴트' }, perSec(hints, elapsedNs), 'PerSec', SOURCE),
        evidence({ en: 'pages moved', ko: '옮긴 페이지' }, perSec(moved, elapsedNs), 'PerSec', SOURCE),
      ],
      against: [],
      remedies: [remedyFor(window.target)],
      weightRatio: ratio,
      rankRatio: machineRank(ratio, window),
      isEstimate: true,
    };
    return { findings: [finding], closest, gaps: [] };
  },
};

/** One process that was asked about can be bound at once; for a machine somebody has to choose. */
function remedyFor(target: Window['target']): Remedy {
  const [tgid, ...others] = target ?? [];
  const isOne = tgid !== undefined && others.length === 0;
  const line = `keel pin ${isOne ? tgid : 'TARGET'} node:0 --mem 0`;
  return {
    text: {
      en: `bind memory and threads to one node: ${line}; or turn it off, kernel.numa_balancing=0`,
      ko: `메모리와 스레드를 한 노드에 두세요: ${isOne ? line : line.replace('TARGET', '대상')}. 또는 kernel.numa_balancing=0`,
    },
    command: isOne ? line : null,
    undo: isOne ? 'keel undo' : null,
  };
}
