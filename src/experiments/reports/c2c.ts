/** What the times of `keel bench c2c` mean: by what pairs share, and whether they fit what the kernel tells of that. */
import { formatNs, significant } from '../../base/format.ts';
import { groupDigits, plural, type Sentence } from '../../base/sentence.ts';
import { CPU_DISTANCES, type CpuDistance, cpuDistance, DISTANCE_NAMES } from '../../model/cpu-distance.ts';
import type { Topology } from '../../model/topology.ts';
import { twoGroups } from '../../stats/groups.ts';
import { ascending, lowerMedian, quantile } from '../../stats/quantiles.ts';
import type { Bench } from '../experiment.ts';
import type { Matrix, Report, ReportTable } from '../report.ts';
import type { Usage } from '../workers/pinned-worker.ts';
import { roundNs, spreadOf } from './spread.ts';

export interface PairRun {
  readonly a: number;
  readonly b: number;
  /** Nanoseconds one way, by visit and sample; a visit that others spoilt is short or empty. */
  readonly visits: readonly (readonly number[])[];
  readonly usages: readonly Usage[];
}

/** The low quantile that stands for a pair: an undisturbed trip, but not the single luckiest one. */
const LOW = 0.1;
/** As fast as siblings of one core usually are; between cores it takes 20 ns and more. */
const SIBLING_LIKE_NS = 16;
/** Two groups of pairs that the kernel tells are alike: no machine has such a spread within one cache domain. */
const UNLIKE_FACTOR = 1.6;

interface PairFigure {
  readonly a: number;
  readonly b: number;
  readonly distance: CpuDistance;
  readonly oneWayNs: number | null;
  readonly p50Ns: number | null;
  /** The low quantiles of the visits, least and most. */
  readonly visitsNs: readonly [number, number] | null;
  readonly samples: number;
}

interface DistanceClass {
  readonly distance: CpuDistance;
  readonly pairs: readonly PairFigure[];
  /** Of the pairs' figures, ascending. */
  readonly ns: readonly number[];
  /** Of single visits, over all pairs. */
  readonly leastNs: number | null;
  readonly mostNs: number | null;
}

export function c2cReport(
  bench: Bench,
  runs: readonly PairRun[],
  pairs: number,
  repetitions: number,
): Report {
  const figures = runs.map((run) => figureOf(bench.topology, run)).sort((x, y) => x.a - y.a || x.b - y.b);
  const classes = CPU_DISTANCES.map((distance): DistanceClass => {
    const own = figures.filter((figure) => figure.distance === distance);
    return classOf(distance, own);
  }).filter((one) => one.pairs.length > 0);
  const matrix = matrixOf(bench.cpus.ids(), figures);
  const contradictions = contradictionsOf(classes);
  return {
    verdict: verdictOf(classes),
    table: tableOf(classes),
    matrix,
    conclusion: [...countSentences(figures, pairs), ...contradictions],
    warnings: spoiltWarning(figures),
    rows: figures.map(({ a, b, distance, oneWayNs, p50Ns, visitsNs, samples }) => ({
      cpu: a,
      otherCpu: b,
      told: distance,
      oneWayNs: roundNs(oneWayNs),
      p50Ns: roundNs(p50Ns),
      leastVisitNs: roundNs(visitsNs?.[0] ?? null),
      mostVisitNs: roundNs(visitsNs?.[1] ?? null),
      samples,
    })),
    parts: {
      pairs,
      measuredPairs: figures.length,
      classes: classes.map(({ distance, ns, pairs: own, leastNs, mostNs }) => ({
        told: distance,
        pairs: own.length,
        oneWayNs: roundNs(quantile(ns, 0.5)),
        leastNs: roundNs(leastNs),
        mostNs: roundNs(mostNs),
      })),
      contradictions: contradictions.map(({ en }) => en),
    },
    spreadPct: spreadOf(runs.map(({ visits }) => ascending(visits.flat()))),
    repetitions,
    usages: runs.flatMap(({ usages }) => usages),
    backings: [],
    measuresNoise: false,
    chart: { kind: 'heat', title: { en: 'one way between CPUs', ko: 'CPU 사이 편도 시간' }, matrix },
    gaps: [],
  };
}

function classOf(distance: CpuDistance, pairs: readonly PairFigure[]): DistanceClass {
  const visits = ascending(pairs.flatMap(({ visitsNs }) => visitsNs ?? []));
  const ns = ascending(pairs.flatMap(({ oneWayNs }) => oneWayNs ?? []));
  return { distance, pairs, ns, leastNs: visits[0] ?? null, mostNs: visits.at(-1) ?? null };
}

function figureOf(topology: Topology, { a, b, visits }: PairRun): PairFigure {
  const [first, second] = [a, b].map((id) => topology.cpus.find(({ cpu }) => cpu === id));
  const all = ascending(visits.flat());
  const lows = ascending(visits.flatMap((samples) => quantile(ascending(samples), LOW) ?? []));
  const [least, most] = [lows[0], lows.at(-1)];
  return {
    a,
    b,
    distance: first === undefined || second === undefined ? 'other-package' : cpuDistance(first, second),
    oneWayNs: quantile(all, LOW),
    p50Ns: quantile(all, 0.5),
    visitsNs: least === undefined || most === undefined ? null : [least, most],
    samples: all.length,
  };
}

function verdictOf(classes: readonly DistanceClass[]): Sentence {
  const parts = classes.flatMap(({ distance, ns }) => {
    const middle = quantile(ns, 0.5);
    return middle === null ? [] : [{ name: DISTANCE_NAMES[distance], ns: formatNs(middle) }];
  });
  if (parts.length === 0) return { en: 'no pair could be measured', ko: '측정할 수 있었던 쌍이 없습니다' };
  return {
    en: `One way between CPUs: ${parts.map(({ name, ns }) => `${name.en} ${ns}`).join(', ')}`,
    ko: `CPU 사이 편도: ${parts.map(({ name, ns }) => `${name.ko} ${ns}`).join(', ')}`,
  };
}

function tableOf(classes: readonly DistanceClass[]): ReportTable {
  return {
    columns: [
      { title: { en: 'told by topo', ko: 'topo의 관계' }, unit: 'text' },
      { title: { en: 'pairs', ko: '쌍' }, unit: 'count' },
      { title: { en: 'one way', ko: '편도' }, unit: 'ns' },
      { title: { en: 'least visit', ko: '최소' }, unit: 'ns' },
      { title: { en: 'most', ko: '최대' }, unit: 'ns' },
      { title: { en: 'p50 of all trips', ko: '전체 p50' }, unit: 'ns' },
    ],
    rows: classes.map(({ distance, pairs, ns, leastNs, mostNs }) => [
      DISTANCE_NAMES[distance],
      pairs.length,
      quantile(ns, 0.5),
      leastNs,
      mostNs,
      lowerMedian(pairs.flatMap(({ p50Ns }) => p50Ns ?? [])),
    ]),
  };
}

function countSentences(figures: readonly PairFigure[], pairs: number): Sentence[] {
  const single = figures[0];
  if (pairs === 1 && single !== undefined) {
    return [
      {
        en: `CPUs ${single.a} and ${single.b} are the only pair: there is nothing to compare it with.`,
        ko: `CPU ${single.a}와(과) ${single.b}, 한 쌍뿐이라 비교할 대상이 없습니다.`,
      },
    ];
  }
  if (figures.length === pairs) return [];
  return [
    {
      en: `${groupDigits(figures.length)} of ${plural(pairs, 'pair')} measured, some of every class; more in longer time: --for.`,
      ko: `${groupDigits(pairs)}쌍 중 관계마다 골고루 ${groupDigits(figures.length)}쌍을 측정했습니다. 더 재려면 --for를 늘리세요.`,
    },
  ];
}

/** Where times do not fit what is told, the topology of a virtual machine is the first suspect. */
export function contradictionsOf(classes: readonly DistanceClass[]): Sentence[] {
  return [
    ...orderContradictions(classes),
    ...groupContradictions(classes),
    ...siblingContradictions(classes),
  ];
}

/** What is told to be nearer takes longer. */
function orderContradictions(classes: readonly DistanceClass[]): Sentence[] {
  return classes.flatMap((near, i) =>
    classes.slice(i + 1).flatMap((far) => {
      const [a, b] = [quantile(near.ns, 0.5), quantile(far.ns, 0.5)];
      if (a === null || b === null || a <= b * 1.15) return [];
      const [nearName, farName] = [DISTANCE_NAMES[near.distance], DISTANCE_NAMES[far.distance]];
      return [
        {
          en: `"${nearName.en}" takes ${formatNs(a)}, "${farName.en}" only ${formatNs(b)}: the topology that this machine is told is not that of the hardware, or virtual CPUs were moved meanwhile.`,
          ko: `"${nearName.ko}"이(가) ${formatNs(a)}, "${farName.ko}"이(가) ${formatNs(b)}입니다. 이 컴퓨터에 알려진 구조가 실제 하드웨어와 다르거나, 그동안 가상 CPU가 옮겨졌습니다.`,
        },
      ];
    }),
  );
}

/** Pairs told alike fall into two groups. */
function groupContradictions(classes: readonly DistanceClass[]): Sentence[] {
  return classes.flatMap(({ distance, ns }) => {
    const groups = distance === 'other-package' ? null : twoGroups(ns, UNLIKE_FACTOR);
    if (groups === null) return [];
    const name = DISTANCE_NAMES[distance];
    const [below, above] = [formatNs(groups.below), formatNs(groups.above)];
    return [
      {
        en: `"${name.en}" is two kinds of pairs: ${groups.lower.length} up to ${below} and ${groups.upper.length} from ${above}. There is a border that topo is not told of.`,
        ko: `"${name.ko}" 안에 두 종류가 있습니다: ${below} 이하 ${groups.lower.length}쌍, ${above} 이상 ${groups.upper.length}쌍. topo에 알려지지 않은 경계가 있습니다.`,
      },
    ];
  });
}

/** Told as cores of their own, and as near as siblings. */
function siblingContradictions(classes: readonly DistanceClass[]): Sentence[] {
  if (classes.some(({ distance }) => distance === 'smt-siblings')) return [];
  const near = classes.flatMap(({ pairs }) =>
    pairs.filter(({ oneWayNs }) => oneWayNs !== null && oneWayNs < SIBLING_LIKE_NS),
  );
  if (near.length === 0) return [];
  const list = near
    .slice(0, 4)
    .map(({ a, b, oneWayNs }) => `${a}-${b} ${significant(oneWayNs ?? 0)} ns`)
    .join(', ');
  return [
    {
      en: `${plural(near.length, 'pair')} as fast as SMT siblings usually are (${list}), though topo tells of separate cores: behind them may be one core.`,
      ko: `topo에는 별개 코어인데 SMT 형제만큼 빠른 쌍이 ${near.length}개 있습니다(${list}). 실제로는 한 코어일 수 있습니다.`,
    },
  ];
}

function spoiltWarning(figures: readonly PairFigure[]): Sentence[] {
  const spoilt = figures.filter(({ samples }) => samples === 0).length;
  if (spoilt === 0) return [];
  return [
    {
      en: `${plural(spoilt, 'pair')} could not be measured: others had one of the two CPUs all the time`,
      ko: `${spoilt}쌍은 두 CPU 중 하나를 다른 작업이 계속 써서 측정하지 못했습니다`,
    },
  ];
}

function matrixOf(cpus: readonly number[], figures: readonly PairFigure[]): Matrix {
  const byPair = new Map(
    figures.flatMap(
      (one) =>
        [
          [`${one.a} ${one.b}`, one.oneWayNs],
          [`${one.b} ${one.a}`, one.oneWayNs],
        ] as const,
    ),
  );
  return { labels: cpus, ns: cpus.map((a) => cpus.map((b) => byPair.get(`${a} ${b}`) ?? null)) };
}
