/** What the rules about work on memory have in common: reclaim, compaction, locks, each timed in the thread it held. */
import { isMissing } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { ProcessInterval } from '../model/task-interval.ts';
import type { WorkKind } from '../model/waits/memory-work.ts';
import {
  type Evidence,
  evidence,
  type Finding,
  NOTABLE_RATIO,
  type Remedy,
  type Rule,
  type RuleResult,
  severityOf,
  type Window,
} from './finding.ts';
import { cannotKnow, nameOf, subjectsOf } from './look.ts';

export interface WorkParts {
  readonly id: string;
  readonly looksFor: Sentence;
  readonly kind: WorkKind;
  readonly name: Sentence;
  readonly verdict: Sentence;
  /** What the process does, as the rest of a sentence. */
  readonly does: Sentence;
  readonly evidence: (window: Window) => readonly Evidence[];
  readonly remedies: (process: ProcessInterval, window: Window) => readonly Remedy[];
}

interface Held {
  readonly process: ProcessInterval;
  readonly totalNs: number;
  readonly times: number;
  /** Of the thread that was held most, as a share of the window. */
  readonly ratio: number;
}

export function workRule(parts: WorkParts): Rule {
  const source = SOURCES[parts.kind];
  return {
    id: parts.id,
    looksFor: parts.looksFor,
    check(window): RuleResult {
      const { memoryWork } = window;
      if (memoryWork === null) return { findings: [], closest: null, gaps: [] };
      if (isMissing(memoryWork)) return cannotKnow('memoryWork', memoryWork);
      const held = subjectsOf(window).flatMap((process) => heldBy(parts.kind, process, window));
      const closest = {
        text: parts.name,
        value: 100 * Math.max(0, ...held.map((one) => one.ratio)),
        unit: 'Pct',
        source,
        limit: 100 * NOTABLE_RATIO,
      };
      const notable = held.filter((one) => one.ratio >= NOTABLE_RATIO);
      return { findings: notable.map((one) => findingOf(parts, one, window)), closest, gaps: [] };
    },
  };
}

const SOURCES: Readonly<Record<WorkKind, string>> = {
  reclaim: 'tracepoints vmscan:mm_vmscan_direct_reclaim',
  groupReclaim: 'tracepoints vmscan:mm_vmscan_memcg_reclaim',
  compaction: 'tracepoints compaction:mm_compaction',
  mapLock: 'tracepoints mmap_lock',
};

function heldBy(kind: WorkKind, process: ProcessInterval, { memoryWork, interval }: Window): Held[] {
  if (memoryWork === null || isMissing(memoryWork)) return [];
  const work = memoryWork.get(process.tgid)?.[kind] ?? null;
  if (work === null) return [];
  const { totalNs, times, mostOfOneNs } = work;
  return [{ process, totalNs, times, ratio: Math.min(1, mostOfOneNs / interval.elapsedNs) }];
}

function findingOf(parts: WorkParts, { process, totalNs, times, ratio }: Held, window: Window): Finding {
  const name = nameOf(process, window);
  const source = SOURCES[parts.kind];
  return {
    rule: parts.id,
    mark: 'F',
    severity: severityOf(ratio),
    subject: { tgid: process.tgid, tid: null, comm: process.comm },
    verdict: { en: `${parts.verdict.en}: ${name}`, ko: `${parts.verdict.ko} (${name})` },
    summary: { en: `${name} ${parts.does.en}`, ko: `${name}: ${parts.does.ko}` },
    evidence: [
      evidence({ en: 'threads held', ko: '스레드가 멈춘 시간' }, totalNs, 'Ns', source),
      evidence({ en: 'times', ko: '횟수' }, times, 'times', source),
      ...parts.evidence(window),
    ],
    against: [],
    remedies: parts.remedies(process, window),
    weightRatio: ratio,
    rankRatio: ratio,
    isEstimate: false,
  };
}
