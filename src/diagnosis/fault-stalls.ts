/** What the rules that rest on measured page faults have in common. They look at targets only: measuring costs them. */
import { isMissing } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import { CAUSE_NAMES, type FaultCause, NEW_MEMORY_CAUSES } from '../model/faults/cause.ts';
import { faultsOf, stallNsOf, type WatchedStalls } from '../model/faults/stalls.ts';
import {
  type Evidence,
  evidence,
  type Finding,
  type Remedy,
  type Rule,
  severityOf,
  type Window,
} from './finding.ts';
import { nameOf, subjectsOf } from './look.ts';
import { shareRule } from './measured-share.ts';

export interface StallKind {
  readonly id: string;
  readonly looksFor: Sentence;
  /** null: all. */
  readonly causes: readonly FaultCause[] | null;
  readonly name: Sentence;
  readonly verdict: Sentence;
  /** What the process does, as the rest of a sentence. */
  readonly does: Sentence;
  readonly evidence: (stalls: WatchedStalls, window: Window) => readonly Evidence[];
  readonly remedy: (tgid: number) => Omit<Remedy, 'undo'>;
  /** What may follow it. */
  readonly afterwards?: (tgid: number) => readonly Remedy[];
  /** Below 1 where another finding says more about the same. */
  readonly rank: number;
}

/** Faults per distinct page. A program that only grows has 1; one restart of a buffer makes 2. */
const LEAST_REFAULT_RATIO = 4;
/** Of the memory that was touched, as much must be there at the end that it was kept. */
const KEPT_RATIO = 0.5;
/** As memory, so many pages say nothing: the kernel counts resident pages to some dozens for each CPU. */
const LEAST_PAGES = 4096;

/**
 * Whether memory was given back, rather than kept: the same pages were new again and again, or, where a window is too
 * short for that, what was touched for the first time is not there at its end.
 */
export function wasGivenBack(stalls: WatchedStalls, window: Window): boolean {
  if ((stalls.summary.refaultRatio ?? 0) >= LEAST_REFAULT_RATIO) return true;
  const [process] = subjectsOf(window);
  const touched = faultsOf(stalls, WRITTEN_CAUSES);
  if (process === undefined || process.rssGrowthBytes === null || touched < LEAST_PAGES) return false;
  return process.rssGrowthBytes < touched * LEAST_PAGE_BYTES * KEPT_RATIO;
}

/** Of new memory, what was written to. */
const WRITTEN_CAUSES = NEW_MEMORY_CAUSES.filter((cause) => cause !== 'zero-page');

/** Of all architectures; with larger pages, memory that was kept seems even more. */
const LEAST_PAGE_BYTES = 4096;

/** The same rule, where what was measured is of the kind that it means. */
export function restrict(rule: Rule, holds: (stalls: WatchedStalls, window: Window) => boolean): Rule {
  return {
    ...rule,
    check(window) {
      const result = rule.check(window);
      const { stalls } = window;
      if (stalls === null || isMissing(stalls) || holds(stalls, window)) return result;
      return { ...result, findings: [] };
    },
  };
}

/** So long after its start a process is expected to have all it needs. */
const SETTLED_NS = 10e9;

/** Whether the process asked about had just started when the window opened. */
export function isYoung(window: Window): boolean {
  const [process] = subjectsOf(window);
  if (process === undefined) return false;
  return process.born || (window.agesNs.get(process.tgid) ?? Number.POSITIVE_INFINITY) < SETTLED_NS;
}

export const STALL_SOURCE = 'perf page-faults, minor-faults, major-faults';
const WITH_CAUSES = 3;

export function stallRule(kind: StallKind): Rule {
  return shareRule<WatchedStalls>({
    id: kind.id,
    looksFor: kind.looksFor,
    name: kind.name,
    source: STALL_SOURCE,
    field: 'faults',
    measured: ({ stalls }) => stalls,
    ratioOf: (stalls, { interval }) => stallNsOf(stalls, kind.causes) / interval.elapsedNs,
    findingOf: (stalls, process, ratio, window) => findingOf(kind, stalls, process, ratio, window),
  });
}

/** Several threads may be held at once, so the share of wall time may pass 1; the weight does not. */
function findingOf(
  kind: StallKind,
  stalls: WatchedStalls,
  process: { readonly tgid: number; readonly comm: string },
  ratio: number,
  window: Window,
): Finding {
  const name = nameOf(process, window);
  const weightRatio = Math.min(1, ratio);
  return {
    rule: kind.id,
    mark: 'F',
    severity: severityOf(weightRatio),
    subject: { tgid: process.tgid, tid: null, comm: process.comm },
    verdict: { en: `${kind.verdict.en}: ${name}`, ko: `${kind.verdict.ko} (${name})` },
    summary: { en: `${name} ${kind.does.en}`, ko: `${name}: ${kind.does.ko}` },
    evidence: [
      evidence(
        { en: 'threads held', ko: '스레드가 멈춘 시간' },
        stallNsOf(stalls, kind.causes),
        'Ns',
        STALL_SOURCE,
      ),
      evidence({ en: 'faults', ko: '폴트' }, faultsOf(stalls, kind.causes), 'faults', STALL_SOURCE),
      ...kind.evidence(stalls, window),
    ],
    against: [],
    remedies: [{ ...kind.remedy(process.tgid), undo: null }, ...(kind.afterwards?.(process.tgid) ?? [])],
    weightRatio,
    rankRatio: weightRatio * kind.rank,
    isEstimate: false,
  };
}

/** The causes with most stall. */
export function heaviestCauses({ summary }: WatchedStalls): Evidence[] {
  return summary.byCause
    .slice(0, WITH_CAUSES)
    .map(({ cause, stallNs }) => evidence(CAUSE_NAMES[cause], stallNs, 'Ns', STALL_SOURCE));
}

/** The file with most stall. */
export function heaviestFile({ summary }: WatchedStalls): Evidence[] {
  const file = summary.byMapping.find((share) => share.kind === 'file');
  if (file === undefined) return [];
  return [evidence({ en: file.path, ko: file.path }, file.stallNs, 'Ns', STALL_SOURCE)];
}

/** The longest fault of these causes. */
export function longestOf({ summary }: WatchedStalls, causes: readonly FaultCause[]): Evidence[] {
  const shares = summary.byCause.filter((share) => causes.includes(share.cause));
  const maxNs = Math.max(0, ...shares.map((share) => share.maxNs));
  return [evidence({ en: 'longest', ko: '가장 긴 것' }, maxNs, 'Ns', STALL_SOURCE)];
}
