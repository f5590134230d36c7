/** What the work of `keel bench cpu` tells: which CPUs are slower, and when. */
import { CpuSet } from '../../base/cpu-set.ts';
import { formatNs } from '../../base/format.ts';
import type { Sentence } from '../../base/sentence.ts';
import { twoGroups } from '../../stats/groups.ts';
import { ascending, lowerMedian, quantile } from '../../stats/quantiles.ts';
import type { Report } from '../report.ts';
import type { Usage } from '../workers/pinned-worker.ts';
import { roundNs, spreadOf } from './spread.ts';

export const WORKS = ['integer', 'floating'] as const;
type Work = (typeof WORKS)[number];

/** One CPU in one round: nanoseconds a step, sample by sample. */
export type WorkVisit = Readonly<Record<Work, readonly number[]>> & {
  readonly cpu: number;
  readonly round: number;
  /** Since the start. */
  readonly atNs: number;
};

interface CpuFigure {
  readonly cpu: number;
  readonly work: Work;
  readonly samples: readonly number[];
  /** The quickest samples of the visits, ascending: those that nobody interrupted, if there was one. */
  readonly visits: readonly number[];
  readonly p25Ns: number;
}

/** Slower by a tenth: more than samples of one CPU differ, less than core types do. */
const SLOWER_FACTOR = 1.1;
/** The slowest visit of ten is slower by this factor than the quickest: the clock fell, or something shared is busy. */
const UNSTEADY_FACTOR = 1.1;

export function cpuReport(cpus: CpuSet, visits: readonly WorkVisit[], usages: readonly Usage[]): Report {
  const figures = cpus.ids().flatMap((cpu) => WORKS.map((work) => figureOf(cpu, work, visits)));
  return {
    verdict: verdictOf(figures),
    table: {
      columns: [
        { title: { en: 'CPU', ko: 'CPU' }, unit: 'count' },
        { title: { en: 'integer step', ko: '정수 단계' }, unit: 'ns' },
        { title: { en: 'p5 to p95', ko: 'p5 ~ p95' }, unit: 'text' },
        { title: { en: 'floating step', ko: '실수 단계' }, unit: 'ns' },
        { title: { en: 'p5 to p95', ko: 'p5 ~ p95' }, unit: 'text' },
        { title: { en: 'slowest visit', ko: '가장 느린 방문' }, unit: 'pct' },
      ],
      rows: cpus.ids().map((cpu) => rowOf(figures.filter((figure) => figure.cpu === cpu))),
    },
    conclusion: [...slowerSentence(figures), ...steadySentence(figures)],
    warnings: [],
    rows: figures.map(({ cpu, work, samples, visits: own, p25Ns }) => ({
      cpu,
      work,
      nsPerStep: roundNs(quantile(samples, 0.5)),
      p5Ns: roundNs(quantile(samples, 0.05)),
      p25Ns: roundNs(p25Ns),
      p75Ns: roundNs(quantile(samples, 0.75)),
      p95Ns: roundNs(quantile(samples, 0.95)),
      leastVisitNs: roundNs(own[0] ?? null),
      mostVisitNs: roundNs(own.at(-1) ?? null),
      samples: samples.length,
    })),
    parts: {},
    spreadPct: spreadOf(figures.map(({ samples }) => samples)),
    repetitions: new Set(visits.map(({ round }) => round)).size,
    usages,
    backings: [],
    measuresNoise: false,
    chart: chartOf(cpus, visits),
    gaps: [],
  };
}

function figureOf(cpu: number, work: Work, all: readonly WorkVisit[]): CpuFigure {
  const own = all.filter((visit) => visit.cpu === cpu);
  const samples = ascending(own.flatMap((visit) => visit[work]));
  const visits = ascending(own.flatMap((visit) => quickestOf(visit[work]) ?? []));
  return { cpu, work, samples, visits, p25Ns: quantile(samples, 0.25) ?? 0 };
}

/** A visit with fewer samples was mostly somebody else's. */
const LEAST_SAMPLES = 5;

function quickestOf(samples: readonly number[]): number | null {
  return samples.length < LEAST_SAMPLES ? null : Math.min(...samples);
}

function rowOf(figures: readonly CpuFigure[]) {
  const [integer, floating] = figures;
  const ends = (figure: CpuFigure | undefined) =>
    [0.05, 0.95].map((share) => (quantile(figure?.samples ?? [], share) ?? 0).toFixed(2)).join(' - ');
  const slowest = Math.max(...figures.map(slowdownPct));
  return [
    integer?.cpu ?? null,
    integer?.p25Ns ?? null,
    ends(integer),
    floating?.p25Ns ?? null,
    ends(floating),
    slowest,
  ];
}

/** Of the slowest visit, against the quickest. */
function slowdownPct({ visits }: CpuFigure): number {
  const [least, most] = [visits[0] ?? 1, visits.at(-1) ?? 1];
  return (most / least - 1) * 100;
}

function verdictOf(figures: readonly CpuFigure[]): Sentence {
  const middle = (work: Work) =>
    formatNs(lowerMedian(figures.filter((figure) => figure.work === work).map(({ p25Ns }) => p25Ns)) ?? 0);
  const [integer, floating] = [middle('integer'), middle('floating')];
  return {
    en: `A step takes ${integer} with integers, ${floating} with floating numbers`,
    ko: `한 단계에 정수 ${integer}, 실수 ${floating}`,
  };
}

/** Core types, broken cooling of a package: CPUs in two groups; or single ones. */
function slowerSentence(figures: readonly CpuFigure[]): readonly Sentence[] {
  const integer = figures.filter(({ work }) => work === 'integer');
  const times = integer.map(({ p25Ns }) => p25Ns);
  const groups = twoGroups(times, SLOWER_FACTOR, 1);
  if (groups === null) {
    const apart = ((Math.max(...times) / Math.min(...times) - 1) * 100).toFixed(1);
    if (integer.length < 2) return [];
    return [{ en: `All CPUs are alike, within ${apart} %.`, ko: `모든 CPU가 ${apart} % 이내로 같습니다.` }];
  }
  const slower = CpuSet.from(integer.filter(({ p25Ns }) => p25Ns >= groups.above).map(({ cpu }) => cpu));
  const factor = (lowerMedian(groups.upper) ?? 1) / (lowerMedian(groups.lower) ?? 1);
  return [
    {
      en: `${slower.size === 1 ? 'CPU' : 'CPUs'} ${slower} ${slower.size === 1 ? 'takes' : 'take'} ${factor.toFixed(2)} times as long as the others.`,
      ko: `CPU ${slower}은(는) 다른 CPU보다 ${factor.toFixed(2)}배 오래 걸립니다.`,
    },
  ];
}

function steadySentence(figures: readonly CpuFigure[]): readonly Sentence[] {
  const unsteady = figures.filter((figure) => slowdownPct(figure) >= (UNSTEADY_FACTOR - 1) * 100);
  if (unsteady.length === 0) return [{ en: 'Steady over the whole time.', ko: '측정하는 내내 고릅니다.' }];
  const cpus = CpuSet.from(unsteady.map(({ cpu }) => cpu));
  const worst = Math.max(...unsteady.map(slowdownPct)).toFixed(0);
  return [
    {
      en: `Not steady on ${cpus.size === 1 ? 'CPU' : 'CPUs'} ${cpus}: some visits were slower by up to ${worst} %. The clock changes (load, heat, power), a sibling or another guest of the core was busy.`,
      ko: `CPU ${cpus}은(는) 고르지 않습니다. 일부 방문은 최대 ${worst} % 느렸습니다. 클럭이 바뀌었거나(부하, 온도, 전력), SMT 형제나 같은 코어의 다른 가상 머신이 바빴습니다.`,
    },
  ];
}

function chartOf(cpus: CpuSet, visits: readonly WorkVisit[]): Report['chart'] {
  return {
    kind: 'lines',
    x: { unit: 'duration', isLog: false, title: { en: 'time since the start', ko: '시작 후 시간' } },
    y: {
      unit: 'ns',
      isLog: false,
      title: {
        en: 'nanoseconds an integer step, quickest sample of a visit',
        ko: '정수 단계당 ns, 방문별 가장 빠른 표본',
      },
    },
    series: cpus.ids().map((cpu) => ({
      name: `CPU ${cpu}`,
      points: visits
        .filter((visit) => visit.cpu === cpu)
        .flatMap(({ atNs, integer }) => {
          const y = quickestOf(integer);
          return y === null ? [] : [{ x: atNs, y }];
        }),
    })),
    marks: [],
  };
}
