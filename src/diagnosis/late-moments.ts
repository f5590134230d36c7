/**
 * What the rules that rest on late moments have in common. Each instant of a thread has one cause there, told from switch
 * to switch, so these say who and how long where counters only say that something waited. They look at one target:
 * watching costs it a microsecond a switch.
 */
import type { Sentence } from '../base/sentence.ts';
import type { Holder } from '../model/late/accounting.ts';
import type { LateCause } from '../model/late/causes.ts';
import type { CauseShare, LateMoment } from '../model/late/moments.ts';
import type { WatchedLate } from '../model/late/watched.ts';
import {
  type CauseMark,
  type Evidence,
  evidence,
  type Finding,
  type Remedy,
  type Rule,
  severityOf,
  type Window,
} from './finding.ts';
import { nameOf } from './look.ts';
import { shareRule } from './measured-share.ts';

export interface LateKind {
  readonly id: string;
  readonly mark: CauseMark;
  readonly looksFor: Sentence;
  readonly causes: readonly LateCause[];
  /** As evidence: what the time is that is given. */
  readonly name: Sentence;
  /** The one who had most of it is named behind. */
  readonly verdict: Sentence;
  /** What the process does, as the rest of a sentence. */
  readonly does: Sentence;
  /** What else is to be done than to look at the worst moment. */
  readonly remedy?: (tgid: number) => Remedy;
}

/** Who had most of what the target waited for. */
export interface Held {
  readonly name: string;
  readonly lateNs: number;
}

export const LATE_SOURCE = 'BPF sched_switch, sched_waking, irq';
const NAMED = 3;

export function lateRule(kind: LateKind): Rule {
  return shareRule<WatchedLate>({
    id: kind.id,
    looksFor: kind.looksFor,
    name: kind.name,
    source: LATE_SOURCE,
    field: 'late',
    measured: ({ late }) => late,
    ratioOf: (late) => lateNsOf(late, kind.causes) / late.elapsedNs,
    findingOf: (late, process, ratio, window) => findingOf(kind, late, process, ratio, window),
  });
}

function sharesOf({ summary }: WatchedLate, causes: readonly LateCause[]): readonly CauseShare[] {
  return summary.byCause.filter((share) => causes.includes(share.cause));
}

/** Of all threads: several may be late at once, so this may pass the window. */
function lateNsOf(late: WatchedLate, causes: readonly LateCause[]): number {
  return sharesOf(late, causes).reduce((sum, share) => sum + share.lateNs, 0);
}

/** The heaviest first. Other tasks by their process, with its unit; threads of the target by themselves. */
function heldBy(late: WatchedLate, causes: readonly LateCause[], window: Window): Held[] {
  const sums = new Map<string, number>();
  for (const { by } of sharesOf(late, causes)) {
    for (const { holder, lateNs } of by) {
      const name = holderName(holder, late, window);
      sums.set(name, (sums.get(name) ?? 0) + lateNs);
    }
  }
  return [...sums].map(([name, lateNs]) => ({ name, lateNs })).sort((a, b) => b.lateNs - a.lateNs);
}

function holderName({ tid, tgid, name }: Holder, late: WatchedLate, window: Window): string {
  if (tid === null || tgid === null) return name;
  if (tgid === late.target.tgid) return `${name} ${tid}`;
  const process = window.interval.processes.find((one) => one.tgid === tgid);
  return nameOf({ tgid, comm: process?.comm ?? name }, window);
}

function findingOf(
  kind: LateKind,
  late: WatchedLate,
  process: { readonly tgid: number; readonly comm: string },
  ratio: number,
  window: Window,
): Finding {
  const name = nameOf(process, window);
  const weightRatio = Math.min(1, ratio);
  const held = heldBy(late, kind.causes, window);
  const most =
    held[0] === undefined ? { en: '', ko: '' } : { en: `: ${held[0].name}`, ko: ` (${held[0].name})` };
  return {
    rule: kind.id,
    mark: kind.mark,
    severity: severityOf(weightRatio),
    subject: { tgid: process.tgid, tid: late.summary.tick?.task.tid ?? null, comm: process.comm },
    verdict: { en: `${kind.verdict.en}${most.en}`, ko: `${kind.verdict.ko}${most.ko}` },
    summary: { en: `${name} ${kind.does.en}`, ko: `${name}: ${kind.does.ko}` },
    evidence: [
      evidence(kind.name, lateNsOf(late, kind.causes), 'Ns', LATE_SOURCE),
      ...momentsEvidence(late, kind.causes),
      ...held.slice(0, NAMED).map(heldEvidence),
    ],
    against: [],
    remedies: [
      ...(kind.remedy === undefined ? [] : [kind.remedy(process.tgid)]),
      ...worstMoment(late, kind, process),
    ],
    weightRatio,
    rankRatio: weightRatio,
    isEstimate: false,
  };
}

/** In how many moments; of ticks, the share of them. */
function momentsEvidence(late: WatchedLate, causes: readonly LateCause[]): Evidence[] {
  const moments = Math.max(0, ...sharesOf(late, causes).map((share) => share.moments ?? 0));
  return [evidence({ en: 'late moments', ko: '늦은 순간' }, moments, 'moments', LATE_SOURCE)];
}

function heldEvidence({ name, lateNs }: Held): Evidence {
  return evidence({ en: name, ko: name }, lateNs, 'Ns', LATE_SOURCE);
}

/** The moment in which these causes took most. */
function worstMoment(late: WatchedLate, { causes }: LateKind, { tgid }: { readonly tgid: number }): Remedy[] {
  const partNs = ({ parts }: LateMoment) =>
    parts.reduce((sum, { label, lengthNs }) => sum + (causes.some((one) => one === label) ? lengthNs : 0), 0);
  let worst = -1;
  late.summary.kept.forEach((moment, i) => {
    if (worst < 0 || partNs(moment) > partNs(late.summary.kept[worst] as LateMoment)) worst = i;
  });
  if (worst < 0) return [];
  return [
    {
      text: { en: 'the worst of these moments, part by part', ko: '그중 가장 늦은 순간을 자세히' },
      command: `keel late ${tgid} --show ${worst + 1}`,
      undo: null,
    },
  ];
}
