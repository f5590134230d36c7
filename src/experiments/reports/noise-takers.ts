/** Who had the CPUs in the gaps of `keel bench noise`, by name: sums of each cause, and the longest gaps. */
import { CpuSet } from '../../base/cpu-set.ts';
import { formatCount, formatDuration } from '../../base/format.ts';
import { type GapList, isMissing, type Maybe, mapMaybe } from '../../base/missing.ts';
import { plural, type Sentence, verbatim } from '../../base/sentence.ts';
import {
  type ChargedGap,
  type ChargedGaps,
  chargeGaps,
  type NoiseCause,
} from '../conditions/noise-causes.ts';
import type { CpuNoise, NoiseTaker } from '../experiment.ts';
import type { Gaps } from '../kernels/gaps.ts';
import type { ReportCell, ReportTable, Value } from '../report.ts';

export interface GapRun {
  readonly cpu: number;
  readonly gaps: Gaps;
  readonly noise: CpuNoise;
}

/** Told of each CPU in JSON; in the table, over all CPUs, fewer. */
const LONGEST_OF_CPU = 10;
const LONGEST_SHOWN = 5;
/** Rows of causes in the table, shared among the CPUs. */
const CAUSES_SHOWN = 24;
const CAUSES_OF_CPU_SHOWN = 5;
/** Of what is gone, in percent: less is not shown. */
const LEAST_SHOWN_PCT = 0.1;
/** Parts of a gap that are shown. */
const PARTS_SHOWN = 3;

interface ChargedRun {
  readonly cpu: number;
  readonly charged: Maybe<ChargedGaps>;
  readonly lost: number;
}

export function chargeRuns(runs: readonly GapRun[]) {
  const charged = runs.map(
    ({ cpu, gaps, noise: { pieces } }): ChargedRun => ({
      cpu,
      charged: mapMaybe(pieces, (told) => chargeGaps(gaps, told, LONGEST_OF_CPU)),
      lost: isMissing(pieces) ? 0 : pieces.lost,
    }),
  );
  const known = charged.flatMap(({ cpu, charged: one }) => (isMissing(one) ? [] : [{ cpu, charged: one }]));
  return {
    tables: known.length === 0 ? [] : [causeTable(known), longestTable(known)],
    warnings: lostWarnings(charged),
    parts: (gaps: GapList) => ({
      takers: charged.map((run, i) => takersJson(run, gaps, i)),
    }),
  };
}

interface KnownRun {
  readonly cpu: number;
  readonly charged: ChargedGaps;
}

function causeTable(runs: readonly KnownRun[]): ReportTable {
  const most = Math.max(1, Math.min(CAUSES_OF_CPU_SHOWN, Math.floor(CAUSES_SHOWN / runs.length)));
  return {
    title: { en: 'Who had the CPU in the gaps:', ko: '틈 동안 CPU를 차지한 것:' },
    columns: [
      { title: { en: 'CPU', ko: 'CPU' }, unit: 'count' },
      { title: { en: 'of gaps', ko: '틈에서' }, unit: 'pct' },
      { title: { en: 'time', ko: '시간' }, unit: 'duration' },
      { title: { en: 'gaps', ko: '틈' }, unit: 'count' },
      { title: { en: 'longest', ko: '최장' }, unit: 'duration' },
      { title: { en: 'who', ko: '누가' }, unit: 'text' },
    ],
    rows: runs.flatMap((run) => causeRows(run, most)),
  };
}

function causeRows(
  { cpu, charged: { causes, toldNs, unexplainedNs } }: KnownRun,
  most: number,
): ReportCell[][] {
  const pct = (ns: number) => (toldNs === 0 ? 0 : (100 * ns) / toldNs);
  const shown = causes.filter(({ takenNs }, i) => i < most && pct(takenNs) >= LEAST_SHOWN_PCT);
  const others = causes.slice(shown.length);
  const othersNs = others.reduce((sum, { takenNs }) => sum + takenNs, 0);
  return [
    ...shown.map((one) => [cpu, pct(one.takenNs), one.takenNs, one.gaps, one.longestNs, causeName(one)]),
    ...(others.length === 0 ? [] : [[cpu, pct(othersNs), othersNs, null, null, othersName(others.length)]]),
    [cpu, pct(unexplainedNs), unexplainedNs, null, null, UNEXPLAINED],
  ];
}

const UNEXPLAINED: Sentence = {
  en: 'not explained (hypervisor, firmware, NMI)',
  ko: '설명되지 않음(하이퍼바이저, 펌웨어, NMI)',
};

function othersName(count: number): Sentence {
  return { en: plural(count, 'other'), ko: `그 밖의 ${count}개` };
}

/** A task that is there although our thread wants to run: the CPU is idle. */
const IDLE: Sentence = {
  en: 'nobody; keel was held back (CPU quota)',
  ko: '없음: keel이 제한되어 있었음(CPU 할당량)',
};

function causeName({ kind, name, tids }: Pick<NoiseCause, 'kind' | 'name' | 'tids'>): Sentence {
  if (kind !== 'task') return levelName(kind, name);
  if (tids.every((tid) => tid === 0)) return IDLE;
  if (tids.length === 1) return verbatim(`${name} (TID ${tids[0]})`);
  return { en: `${name} (${tids.length} tasks)`, ko: `${name} (태스크 ${tids.length}개)` };
}

function levelName(kind: 'interrupt' | 'softirq', name: string): Sentence {
  return kind === 'softirq'
    ? { en: `softirq ${name}`, ko: `softirq ${name}` }
    : { en: `interrupt ${name}`, ko: `인터럽트 ${name}` };
}

/** Without what the table above tells: a row has little room. */
function takerName({ kind, name, tid }: NoiseTaker): Sentence {
  if (kind !== 'task') return levelName(kind, name);
  return tid === 0 ? { en: 'nobody', ko: '없음' } : verbatim(name);
}

function longestTable(runs: readonly KnownRun[]): ReportTable {
  const all = runs.flatMap(({ cpu, charged }) => charged.longest.map((gap) => ({ cpu, gap })));
  const longest = all.sort((a, b) => b.gap.lastedNs - a.gap.lastedNs).slice(0, LONGEST_SHOWN);
  return {
    title: { en: 'The longest gaps:', ko: '가장 긴 틈:' },
    columns: [
      { title: { en: 'CPU', ko: 'CPU' }, unit: 'count' },
      { title: { en: 'at', ko: '시각' }, unit: 'duration' },
      { title: { en: 'lasted', ko: '길이' }, unit: 'duration' },
      { title: { en: 'of it', ko: '내역' }, unit: 'text' },
    ],
    rows: longest.map(({ cpu, gap }) => [cpu, gap.sinceNs, gap.lastedNs, partsText(gap)]),
  };
}

function partsText({ parts, unexplainedNs, lastedNs }: ChargedGap): Sentence {
  const byName = new Map<string, { readonly name: Sentence; takenNs: number }>();
  for (const { taker, takenNs } of parts) {
    const name = takerName(taker);
    const sum = byName.get(name.en) ?? { name, takenNs: 0 };
    sum.takenNs += takenNs;
    byName.set(name.en, sum);
  }
  const unexplained = { name: { en: 'not explained', ko: '설명되지 않음' }, takenNs: unexplainedNs };
  const shown = [...byName.values(), unexplained]
    .filter(({ takenNs }) => takenNs >= (lastedNs * LEAST_SHOWN_PCT) / 100)
    .sort((a, b) => b.takenNs - a.takenNs)
    .slice(0, PARTS_SHOWN)
    .map(({ name, takenNs }) => timed(name, takenNs));
  return { en: shown.map(({ en }) => en).join(', '), ko: shown.map(({ ko }) => ko).join(', ') };
}

function timed({ en, ko }: Sentence, ns: number): Sentence {
  return { en: `${en} ${formatDuration(ns)}`, ko: `${ko} ${formatDuration(ns)}` };
}

function lostWarnings(runs: readonly ChargedRun[]): Sentence[] {
  const lost = runs.reduce((sum, run) => sum + run.lost, 0);
  if (lost === 0) return [];
  const cpus = CpuSet.from(runs.filter((run) => run.lost > 0).map(({ cpu }) => cpu));
  return [
    {
      en: `${formatCount(lost)} records of CPU ${cpus} were lost: what they told of is under "not explained"`,
      ko: `CPU ${cpus}의 기록 ${formatCount(lost)}개를 잃었습니다. 그 내용은 "설명되지 않음"에 들어 있습니다`,
    },
  ];
}

function takersJson({ cpu, charged, lost }: ChargedRun, gaps: GapList, index: number): Value {
  const known = gaps.take(`takers[${index}].causes`, charged);
  const whole = Math.round;
  return {
    cpu,
    toldNs: known === null ? null : whole(known.toldNs),
    unexplainedNs: known === null ? null : whole(known.unexplainedNs),
    lostRecords: lost,
    causes:
      known?.causes.map(({ kind, name, tids, takenNs, gaps: count, longestNs }) => ({
        kind,
        name,
        tids,
        takenNs: whole(takenNs),
        gaps: count,
        longestNs: whole(longestNs),
      })) ?? null,
    longest:
      known?.longest.map(({ sinceNs, lastedNs, parts, unexplainedNs }) => ({
        sinceNs: whole(sinceNs),
        lastedNs: whole(lastedNs),
        unexplainedNs: whole(unexplainedNs),
        parts: parts.map(({ taker, takenNs }) => ({ ...taker, takenNs: whole(takenNs) })),
      })) ?? null,
  };
}
