/** What the latencies of `keel bench cache` mean: levels, and whether they fit what the kernel tells of the caches. */
import { CpuSet } from '../../base/cpu-set.ts';
import { formatBytes, formatNs, significant } from '../../base/format.ts';
import type { Gap } from '../../base/missing.ts';
import { type Language, plural, type Sentence, verbatim } from '../../base/sentence.ts';
import { type CacheLevel, cacheLevels, type ToldCache, toldCaches } from '../../model/cache-levels.ts';
import type { CurvePoint } from '../../stats/plateaus.ts';
import { ascending, lowerMedian, quantile } from '../../stats/quantiles.ts';
import type { Bench } from '../experiment.ts';
import type { Chart, Report, ReportTable, Row } from '../report.ts';
import type { Backing } from '../workers/area.ts';
import type { Usage } from '../workers/pinned-worker.ts';
import { roundNs, spreadOf } from './spread.ts';

/** One CPU with the memory of one node. */
export interface CacheRun {
  readonly cpu: number;
  /** null where the machine tells of no nodes. */
  readonly node: number | null;
  readonly isLocal: boolean;
  readonly usage: Usage;
  readonly backing: Backing;
  /** Nanoseconds a load, sample by sample. */
  readonly bySize: ReadonlyMap<number, readonly number[]>;
}

/** CPUs that are told the same caches and are of one type. */
interface Kind {
  readonly cpus: CpuSet;
  readonly told: readonly ToldCache[];
  readonly curve: readonly CurvePoint[];
  readonly levels: readonly CacheLevel[];
  readonly unseen: readonly ToldCache[];
  readonly reachesMemory: boolean;
}

export function cacheReport(
  bench: Bench,
  runs: readonly CacheRun[],
  gaps: readonly Gap[],
  repetitions: number,
): Report {
  const local = runs.filter(({ isLocal }) => isLocal);
  const kinds = kindsOf(bench, local);
  const samples = runs.flatMap(({ bySize }) => [...bySize.values()].map(ascending));
  return {
    verdict: verdictOf(kinds),
    table: ladderTable(runs),
    conclusion: [
      ...kinds.flatMap((kind) => conclusionOf(kind, kinds.length > 1)),
      ...remoteSentences(runs),
      ...leftOut(runs),
    ],
    warnings: [],
    rows: runs.flatMap(rowsOf),
    parts: {
      levels: kinds.flatMap(({ cpus, levels }) =>
        levels.map((level) => ({ ...level, cpus: cpus.toString() })),
      ),
      unseen: kinds.flatMap(({ cpus, unseen }) =>
        unseen.map((cache) => ({ ...cache, cpus: cpus.toString() })),
      ),
    },
    spreadPct: spreadOf(samples),
    repetitions,
    usages: runs.map(({ usage }) => usage),
    backings: runs.map(({ backing }) => backing),
    measuresNoise: false,
    chart: chartOf(runs, kinds),
    gaps,
  };
}

function rowsOf({ cpu, node, bySize }: CacheRun): readonly Row[] {
  return [...bySize]
    .sort(([a], [b]) => a - b)
    .map(([sizeBytes, samples]) => {
      const sorted = ascending(samples);
      return {
        cpu,
        node,
        sizeBytes,
        nsPerLoad: roundNs(quantile(sorted, 0.5)),
        p5Ns: roundNs(quantile(sorted, 0.05)),
        p25Ns: roundNs(quantile(sorted, 0.25)),
        p75Ns: roundNs(quantile(sorted, 0.75)),
        p95Ns: roundNs(quantile(sorted, 0.95)),
        samples: sorted.length,
      };
    });
}

/** The lower quartile: interruptions and neighbours make samples longer, never shorter. */
function curveOf(runs: readonly CacheRun[]): readonly CurvePoint[] {
  const sizes = [...new Set(runs.flatMap(({ bySize }) => [...bySize.keys()]))].sort((a, b) => a - b);
  return sizes.flatMap((x) => {
    const quartiles = runs.flatMap(({ bySize }) => quantile(ascending(bySize.get(x) ?? []), 0.25) ?? []);
    const y = lowerMedian(quartiles);
    return y === null ? [] : [{ x, y }];
  });
}

function kindsOf({ topology }: Bench, runs: readonly CacheRun[]): readonly Kind[] {
  const groups = new Map<string, { told: readonly ToldCache[]; runs: CacheRun[] }>();
  for (const run of runs) {
    const cpu = topology.cpus.find((one) => one.cpu === run.cpu);
    const told = cpu === undefined ? [] : toldCaches(cpu);
    const key = JSON.stringify([told, cpu?.coreType]);
    const group = groups.get(key) ?? { told, runs: [] };
    group.runs.push(run);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ told, runs: members }) => {
    const curve = curveOf(members);
    return { cpus: CpuSet.from(members.map(({ cpu }) => cpu)), told, curve, ...cacheLevels(curve, told) };
  });
}

function verdictOf(kinds: readonly Kind[]): Sentence {
  if (kinds.every(({ levels }) => levels.length === 0))
    return { en: 'no level stands out of the noise', ko: '잡음에서 구분되는 구간이 없습니다' };
  const text = (language: Language) =>
    kinds
      .map(({ cpus, levels }) => {
        const list = levels.map((level) => levelText(level)[language]).join(', ');
        return kinds.length > 1 ? `CPU ${cpus}: ${list}` : list;
      })
      .join('; ');
  return { en: text('en'), ko: text('ko') };
}

function levelText({ name, sizeBytes, nsPerLoad }: CacheLevel): Sentence {
  const ns = formatNs(nsPerLoad);
  if (name === 'memory') return { en: `memory ${ns}`, ko: `메모리 ${ns}` };
  if (name !== null) return verbatim(`${name} ${ns}`);
  const size = formatBytes(sizeBytes);
  return { en: `up to ${size} ${ns}`, ko: `${size}까지 ${ns}` };
}

function conclusionOf(kind: Kind, isOneOfSeveral: boolean): readonly Sentence[] {
  const on = isOneOfSeveral ? { en: `CPUs ${kind.cpus}: `, ko: `CPU ${kind.cpus}: ` } : { en: '', ko: '' };
  return [stepsSentence(kind), unseenSentence(kind), beyondSentence(kind)].flatMap((sentence) =>
    sentence === null ? [] : [{ en: on.en + sentence.en, ko: on.ko + sentence.ko }],
  );
}

function stepsSentence({ levels }: Kind): Sentence | null {
  const named = levels.filter(({ toldBytes }) => toldBytes !== null);
  if (named.length === 0) return null;
  const names = named.map(({ name, toldBytes }) => `${name} ${formatBytes(toldBytes ?? 0)}`).join(', ');
  const ends = named.map(({ sizeBytes }) => formatBytes(sizeBytes)).join(', ');
  return {
    en: `Steps after ${ends}: as topo tells of ${names}.`,
    ko: `${ends} 다음에 계단이 있습니다. topo의 ${names}와(과) 맞습니다.`,
  };
}

/** A virtual machine may be told the cache of a whole package and get a slice of it. */
function unseenSentence({ unseen, levels }: Kind): Sentence | null {
  if (unseen.length === 0) return null;
  const names = unseen.map(({ name, sizeBytes }) => `${name} ${formatBytes(sizeBytes)}`).join(', ');
  const other = levels.filter(({ name, sizeBytes }) => name === null && sizeBytes > 0);
  const instead = other.map(({ sizeBytes }) => formatBytes(sizeBytes)).join(', ');
  return {
    en: `No step where topo tells of ${names}${instead === '' ? '' : `, but one after ${instead}`}: this CPU gets less of it, because others use the rest or because a virtual machine is told what is not so.`,
    ko: `topo가 말하는 ${names} 위치에 계단이 없습니다${instead === '' ? '' : `(대신 ${instead} 다음에 있음)`}. 다른 작업이 나눠 쓰거나, 가상 머신에 알려진 값이 실제와 다른 것입니다.`,
  };
}

function beyondSentence({ told, reachesMemory, curve }: Kind): Sentence | null {
  const largest = told.at(-1);
  if (reachesMemory || largest === undefined) return null;
  const [name, reached] = [
    `${largest.name} ${formatBytes(largest.sizeBytes)}`,
    formatBytes(curve.at(-1)?.x ?? 0),
  ];
  return {
    en: `Memory itself was not reached: the ladder ends at ${reached}, and twice ${name} is needed (--size).`,
    ko: `메모리까지 닿지 않았습니다. ${reached}까지 쟀는데 ${name}의 두 배가 필요합니다(--size).`,
  };
}

/** Far memory against near, at the largest size. */
function remoteSentences(runs: readonly CacheRun[]): readonly Sentence[] {
  return runs.flatMap((run) => {
    const near = runs.find(({ cpu, isLocal }) => isLocal && cpu === run.cpu);
    const [far, own] = [largestOf(run), near === undefined ? null : largestOf(near)];
    if (run.isLocal || far === null || own === null || near === undefined) return [];
    const [a, b] = [formatNs(far), formatNs(own)];
    const factor = (far / own).toFixed(2);
    return [
      {
        en: `From CPU ${run.cpu}, memory of node ${run.node} takes ${a} a load, of its own node ${near.node} ${b}: ${factor} times.`,
        ko: `CPU ${run.cpu}에서 노드 ${run.node}의 메모리는 로드당 ${a}, 자기 노드 ${near.node}은(는) ${b}입니다(${factor}배).`,
      },
    ];
  });
}

function largestOf({ bySize }: CacheRun): number | null {
  const largest = Math.max(...bySize.keys());
  return quantile(ascending(bySize.get(largest) ?? []), 0.25);
}

/** As many columns fit into 80: with their nodes, and without. */
const MOST_COLUMNS = { withNodes: 3, plain: 5 } as const;

function mostColumns(runs: readonly CacheRun[]): number {
  return hasSeveralNodes(runs) ? MOST_COLUMNS.withNodes : MOST_COLUMNS.plain;
}

function hasSeveralNodes(runs: readonly CacheRun[]): boolean {
  return new Set(runs.map(({ node }) => node)).size > 1;
}

/** Powers of two, a column for each CPU and node; the spread stands for all columns. */
function ladderTable(runs: readonly CacheRun[]): ReportTable {
  const shown = runs.slice(0, mostColumns(runs));
  const sizes = [...new Set(shown.flatMap(({ bySize }) => [...bySize.keys()]))].sort((a, b) => a - b);
  const rows = sizes.filter((bytes) => Number.isInteger(Math.log2(bytes)) || bytes === sizes.at(-1));
  const severalNodes = hasSeveralNodes(runs);
  return {
    columns: [
      { title: { en: 'working set', ko: '작업 집합' }, unit: 'bytes' },
      ...shown.map(({ cpu, node }) => {
        const name = severalNodes ? `CPU ${cpu}, node ${node}` : `CPU ${cpu}`;
        return { title: { en: name, ko: name.replace('node', '노드') }, unit: 'ns' as const };
      }),
      { title: { en: 'p5 to p95', ko: 'p5 ~ p95' }, unit: 'text' },
    ],
    rows: rows.map((bytes) => {
      const all = ascending(shown.flatMap(({ bySize }) => bySize.get(bytes) ?? []));
      const medians = shown.map(({ bySize }) => lowerMedian(bySize.get(bytes) ?? []));
      const [low, high] = [quantile(all, 0.05) ?? 0, quantile(all, 0.95) ?? 0];
      return [bytes, ...medians, `${significant(low)} - ${significant(high)}`];
    }),
  };
}

function chartOf(runs: readonly CacheRun[], kinds: readonly Kind[]): Chart {
  const severalNodes = hasSeveralNodes(runs);
  return {
    kind: 'lines',
    x: { unit: 'bytes', isLog: true, title: { en: 'working set', ko: '작업 집합' } },
    y: {
      unit: 'ns',
      isLog: true,
      title: { en: 'nanoseconds a load, lower quartile', ko: '로드당 ns, 하위 사분위' },
    },
    series: runs.map((run) => ({
      name: severalNodes ? `CPU ${run.cpu}, node ${run.node}` : `CPU ${run.cpu}`,
      points: curveOf([run]),
    })),
    marks: kinds.flatMap(({ told }) => told.map(({ name, sizeBytes }) => ({ name, x: sizeBytes }))),
  };
}

/** All CPUs are in JSON, CSV and the picture. */
function leftOut(runs: readonly CacheRun[]): readonly Sentence[] {
  const more = runs.length - mostColumns(runs);
  if (more <= 0) return [];
  return [
    {
      en: `${plural(more, 'more column')}: --json, --csv or --svg`,
      ko: `열 ${more}개 더: --json, --csv, --svg`,
    },
  ];
}
