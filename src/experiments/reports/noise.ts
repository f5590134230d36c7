/** What the gaps of `keel bench noise` mean: how much of each CPU is gone, and to whom. */
import { CpuSet } from '../../base/cpu-set.ts';
import { formatDuration, formatPct } from '../../base/format.ts';
import { GapList, isMissing, type Maybe, orNull } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import { ascending, quantile } from '../../stats/quantiles.ts';
import type { Bench, CpuNoise, NoiseWatch } from '../experiment.ts';
import { type Gaps, LEAST_GAP_NS } from '../kernels/gaps.ts';
import type { Report, ReportCell } from '../report.ts';
import type { Usage } from '../workers/pinned-worker.ts';
import { chargeRuns } from './noise-takers.ts';

export interface NoiseRun {
  readonly cpu: number;
  readonly gaps: Gaps;
  readonly usage: Usage;
  readonly noise: CpuNoise;
}

type Cause = 'interruptNs' | 'softirqNs' | 'tasksNs' | 'stealNs';

const CAUSES: readonly { readonly key: Cause; readonly title: Sentence }[] = [
  { key: 'interruptNs', title: { en: 'interrupt', ko: '인터럽트' } },
  { key: 'softirqNs', title: { en: 'softirq', ko: 'softirq' } },
  { key: 'tasksNs', title: { en: 'tasks', ko: '태스크' } },
  { key: 'stealNs', title: { en: 'steal', ko: 'steal' } },
];

/** Names in the last column; all are in JSON. */
const MOST_NAMES = 1;

export function noiseReport(bench: Bench, runs: readonly NoiseRun[], watch: NoiseWatch | null): Report {
  const gaps = new GapList();
  const takers = chargeRuns(runs);
  return {
    verdict: verdictOf(runs),
    table: {
      columns: [
        { title: { en: 'CPU', ko: 'CPU' }, unit: 'count' },
        { title: { en: 'gone', ko: '빼앗김' }, unit: 'pct' },
        ...CAUSES.map(({ title }) => ({ title, unit: 'pct' as const })),
        { title: { en: 'rest', ko: '나머지' }, unit: 'pct' },
        { title: { en: 'longest', ko: '최장' }, unit: 'duration' },
        { title: { en: 'handles', ko: '처리' }, unit: 'text' },
      ],
      rows: runs.map(rowOf),
    },
    details: takers.tables,
    conclusion: [...quietSentence(bench, runs), sourceSentence(watch, runs)],
    warnings: takers.warnings,
    rows: runs.map((run, i) => jsonRow(run, gaps, i)),
    parts: {
      obtainedBy: watch?.obtainedBy ?? null,
      interrupts: runs.map(({ cpu, noise }) => ({
        cpu,
        counts: noise.interrupts.map((one) => ({ ...one })),
      })),
      ...takers.parts(gaps),
    },
    spreadPct: { median: null, worst: null },
    repetitions: 1,
    usages: runs.map(({ usage }) => usage),
    backings: [],
    measuresNoise: true,
    chart: {
      kind: 'bars',
      unit: 'pct',
      title: {
        en: 'share of the CPU that a busy thread does not get',
        ko: '바쁜 스레드가 받지 못한 CPU 비율',
      },
      bars: runs.map((run) => ({ name: `CPU ${run.cpu}`, value: gonePct(run) })),
    },
    gaps: gaps.gaps,
  };
}

function verdictOf(runs: readonly NoiseRun[]): Sentence {
  const shares = ascending(runs.map(gonePct));
  const [least, most] = [formatPct(shares[0] ?? 0), formatPct(shares.at(-1) ?? 0)];
  const longest = runs.reduce((max, { gaps: { longestNs } }) => Math.max(max, longestNs), 0);
  const share = least === most ? most : `${least} - ${most}`;
  return {
    en: `A busy thread loses ${share} of its CPU; the longest gap is ${formatDuration(longest)}`,
    ko: `바쁜 스레드는 CPU의 ${share}를 잃습니다. 가장 긴 틈은 ${formatDuration(longest)}입니다`,
  };
}

function gonePct({ gaps }: NoiseRun): number {
  return (100 * gaps.goneNs) / gaps.elapsedNs;
}

/** What no cause explains: work of the processor below the kernel, a hypervisor that tells of no steal, rounding. */
function restNs({ gaps, noise }: NoiseRun): number {
  const charged = CAUSES.reduce((sum, { key }) => sum + (orNull(noise[key]) ?? 0), 0);
  return Math.max(0, gaps.goneNs - charged);
}

function rowOf(run: NoiseRun): readonly ReportCell[] {
  const pct = (ns: Maybe<number>) => (isMissing(ns) ? null : (100 * ns) / run.gaps.elapsedNs);
  const names = run.noise.interrupts.slice(0, MOST_NAMES).map(({ name }) => name);
  return [
    run.cpu,
    gonePct(run),
    ...CAUSES.map(({ key }) => pct(run.noise[key])),
    pct(restNs(run)),
    run.gaps.longestNs,
    names.join(', '),
  ];
}

function jsonRow({ cpu, gaps, noise, ...run }: NoiseRun, list: GapList, index: number) {
  const whole = (ns: number | null) => (ns === null ? null : Math.round(ns));
  const cause = (key: Cause) => whole(list.take(`rows[${index}].${key}`, noise[key]));
  return {
    cpu,
    elapsedNs: Math.round(gaps.elapsedNs),
    gaps: gaps.gaps,
    goneNs: Math.round(gaps.goneNs),
    gonePct: Math.round((1e5 * gaps.goneNs) / gaps.elapsedNs) / 1e3,
    interruptNs: cause('interruptNs'),
    softirqNs: cause('softirqNs'),
    tasksNs: cause('tasksNs'),
    stealNs: cause('stealNs'),
    restNs: whole(restNs({ cpu, gaps, noise, ...run })),
    p50Ns: whole(gaps.p50Ns),
    p99Ns: whole(gaps.p99Ns),
    longestNs: Math.round(gaps.longestNs),
  };
}

/** Twice as noisy as the quietest is no longer quiet. */
const QUIET_FACTOR = 2;

function quietSentence({ topology }: Bench, runs: readonly NoiseRun[]): readonly Sentence[] {
  if (runs.length < 2) return [];
  const least = quantile(ascending(runs.map(gonePct)), 0) ?? 0;
  const quiet = runs.filter((run) => gonePct(run) <= least * QUIET_FACTOR).map(({ cpu }) => cpu);
  if (quiet.length === runs.length)
    return [{ en: 'No CPU is much quieter than the others.', ko: '특별히 더 조용한 CPU는 없습니다.' }];
  const set = CpuSet.from(quiet);
  const cores = topology.groups.core.filter(({ cpus }) => cpus.isSubsetOf(set)).map(({ index }) => index);
  const named = cores.length === 0 ? '' : ` (core:${CpuSet.from(cores)})`;
  return [{ en: `Quietest: CPUs ${set}${named}.`, ko: `가장 조용한 CPU: ${set}${named}.` }];
}

function sourceSentence(watch: NoiseWatch | null, runs: readonly NoiseRun[]): Sentence {
  const perCpu = formatDuration(runs[0]?.gaps.elapsedNs ?? 0);
  const least = formatDuration(LEAST_GAP_NS);
  if (watch?.obtainedBy === 'bpf') {
    return {
      en: `${perCpu} on each CPU; gaps from ${least} on; causes added up in the kernel by BPF, steal from /proc.`,
      ko: `CPU마다 ${perCpu}, ${least} 이상의 틈. 원인은 BPF로 커널 안에서 집계했고 steal은 /proc의 값입니다.`,
    };
  }
  const why = watch?.because?.detail ?? watch?.because?.path ?? '';
  return {
    en: `${perCpu} on each CPU; gaps from ${least} on; tasks by run delay, steal from /proc. Interrupts cannot be told apart without BPF (${why}).`,
    ko: `CPU마다 ${perCpu}, ${least} 이상의 틈. 태스크는 실행 지연, steal은 /proc의 값입니다. BPF 없이는 인터럽트를 구분할 수 없습니다(${why}).`,
  };
}
