/** What the rules that rest on pressure stall information (PSI) have in common. */
import { isMissing } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import {
  type CauseMark,
  type Evidence,
  evidence,
  type Remedy,
  type Rule,
  severityOf,
  type Window,
} from './finding.ts';
import { cannotKnow, machineRank } from './look.ts';

export interface PressureKind {
  readonly id: string;
  readonly mark: CauseMark;
  readonly looksFor: Sentence;
  readonly resource: 'cpu' | 'memory' | 'io';
  /** Share of the window in which at least one task waited. */
  readonly limitPct: number;
  readonly name: Sentence;
  readonly verdict: (window: Window) => Sentence;
  readonly summary: Sentence;
  readonly evidence: (window: Window) => readonly Evidence[];
  /** null where nobody stands out. */
  readonly remedy: (window: Window) => Remedy | null;
}

/** Pressure says that tasks waited, not whom for: findings that say so come first. Half is a convention. */
const SYMPTOM_RATIO = 0.5;
const PRESSURE_SOURCE = '/proc/pressure/';

/** PSI counts exactly in how much of the time tasks waited (Documentation/accounting/psi.rst). */
export function pressureRule(kind: PressureKind): Rule {
  const source = PRESSURE_SOURCE + kind.resource;
  return {
    id: kind.id,
    looksFor: kind.looksFor,
    check(window) {
      const { some, full } = window.interval.machine.pressurePct[kind.resource];
      if (isMissing(some)) return cannotKnow(`pressure.${kind.resource}`, some);
      const closest = { text: kind.name, value: some, unit: 'Pct', source, limit: kind.limitPct };
      if (some < kind.limitPct) return { findings: [], closest, gaps: [] };
      const ratio = some / 100;
      const finding = {
        rule: kind.id,
        mark: kind.mark,
        severity: severityOf(ratio),
        subject: null,
        verdict: kind.verdict(window),
        summary: kind.summary,
        evidence: [
          evidence({ en: 'some task waited', ko: '일부 태스크 대기' }, some, 'Pct', source),
          // For CPUs, the kernel keeps the line for the whole machine at 0.
          ...(isMissing(full) || kind.resource === 'cpu'
            ? []
            : [evidence({ en: 'all did', ko: '전체 대기' }, full, 'Pct', source)]),
          ...kind.evidence(window),
        ],
        against: [],
        remedies: [kind.remedy(window)].filter((one) => one !== null),
        weightRatio: ratio,
        rankRatio: machineRank(ratio * SYMPTOM_RATIO, window),
        isEstimate: false,
      };
      return { findings: [finding], closest, gaps: [] };
    },
  };
}
