/** What the access patterns of `keel bench access` mean: what of their time is page faults. */
import { formatBytes, formatCount, formatDuration, formatPct } from '../../base/format.ts';
import { type Sentence, verbatim } from '../../base/sentence.ts';
import { ascending, lowerMedian, quantile } from '../../stats/quantiles.ts';
import type { PageChoice } from '../experiment.ts';
import type { Report, Row } from '../report.ts';
import type { Backing } from '../workers/area.ts';
import { type Phase, WORD_BYTES } from '../workers/fresh-area.ts';
import type { Usage } from '../workers/pinned-worker.ts';
import { roundNs, spreadOf } from './spread.ts';

export const PATTERNS = ['sequential', 'random', 'strided', 'page'] as const;
export type Pattern = (typeof PATTERNS)[number];

/** Round by round: the two of one round belong together. */
export interface PatternSamples {
  readonly cold: Phase[];
  readonly prefaulted: Phase[];
}

export interface AccessRun {
  readonly cpu: number;
  readonly usage: Usage;
  readonly bytes: number;
  readonly pageBytes: number;
  readonly samples: Readonly<Record<Pattern, PatternSamples>>;
  readonly backing: Backing;
}

interface Setting {
  readonly pages: PageChoice;
  readonly strideBytes: number;
  readonly largestCacheBytes: number;
}

/** The figures of one pattern on one CPU, all in nanoseconds for the whole pass. */
interface Figures {
  readonly cpu: number;
  readonly pattern: Pattern;
  readonly accesses: number;
  readonly cold: readonly number[];
  readonly prefaulted: readonly number[];
  /** Of each round the difference of its two. */
  readonly cost: readonly number[];
  readonly faults: readonly number[];
  readonly majorFaults: number;
  readonly prefaultedFaults: number;
}

export function accessReport(runs: readonly AccessRun[], setting: Setting): Report {
  const figures = runs.flatMap((run) => PATTERNS.map((pattern) => figuresOf(run, pattern, setting)));
  const severalCpus = runs.length > 1;
  const name = (one: Figures) => nameOf(one, setting, severalCpus);
  return {
    verdict: verdictOf(figures, runs),
    table: {
      columns: [
        { title: { en: 'written', ko: '쓰는 순서' }, unit: 'text' },
        { title: { en: 'untouched', ko: '처음 접근' }, unit: 'duration' },
        { title: { en: 'prefaulted', ko: '미리 폴트' }, unit: 'duration' },
        { title: { en: 'faults cost', ko: '폴트 비용' }, unit: 'duration' },
        { title: verbatim('± ms'), unit: 'text' },
        { title: { en: 'faults', ko: '폴트' }, unit: 'count' },
        { title: { en: 'a fault', ko: '폴트당' }, unit: 'duration' },
      ],
      rows: figures.map((one) => [
        name(one),
        lowerMedian(one.cold),
        lowerMedian(one.prefaulted),
        lowerMedian(one.cost),
        halfSpread(one.cost),
        lowerMedian(one.faults),
        nsPerFault(one),
      ]),
    },
    conclusion: runs.flatMap(({ cpu }) => conclusionOf(figures.filter((one) => one.cpu === cpu))),
    warnings: warningsOf(figures, runs, setting),
    rows: figures.map((one) => rowOf(one, runs, setting)),
    parts: { areaBytes: runs[0]?.bytes ?? null, strideBytes: setting.strideBytes },
    spreadPct: spreadOf(figures.flatMap(({ cold, prefaulted }) => [ascending(cold), ascending(prefaulted)])),
    repetitions: Math.min(...runs.map(({ samples }) => samples.page.cold.length)),
    usages: runs.map(({ usage }) => usage),
    backings: runs.map(({ backing }) => backing),
    measuresNoise: false,
    usesCpuTime: true,
    chart: {
      kind: 'stacks',
      unit: 'duration',
      title: { en: 'time of one pass, medians', ko: '한 번 훑는 시간, 중앙값' },
      parts: [
        { en: 'prefaulted', ko: '미리 폴트했을 때' },
        { en: 'cost of faults', ko: '폴트 비용' },
      ],
      bars: figures.map((one) => ({
        name: name(one),
        values: [lowerMedian(one.prefaulted) ?? 0, lowerMedian(one.cost) ?? 0],
      })),
    },
    gaps: [],
  };
}

function figuresOf(
  { cpu, bytes, pageBytes, samples }: AccessRun,
  pattern: Pattern,
  setting: Setting,
): Figures {
  const { cold, prefaulted } = samples[pattern];
  const step = { sequential: WORD_BYTES, random: WORD_BYTES, strided: setting.strideBytes, page: pageBytes };
  return {
    cpu,
    pattern,
    accesses: Math.ceil(bytes / step[pattern]),
    cold: cold.map(({ ns }) => ns),
    prefaulted: prefaulted.map(({ ns }) => ns),
    cost: cold.map(({ ns }, i) => ns - (prefaulted[i]?.ns ?? ns)),
    faults: cold.map(faultsOf),
    majorFaults: lowerMedian(cold.map(({ majorFaults }) => majorFaults)) ?? 0,
    prefaultedFaults: lowerMedian(prefaulted.map(faultsOf)) ?? 0,
  };
}

function faultsOf({ minorFaults, majorFaults }: Phase): number {
  return minorFaults + majorFaults;
}

/** null where there was no fault to charge. */
function nsPerFault({ cost, faults }: Figures): number | null {
  const [costNs, count] = [lowerMedian(cost), lowerMedian(faults)];
  return costNs === null || count === null || count === 0 ? null : costNs / count;
}

function nameOf({ pattern, cpu }: Figures, { strideBytes }: Setting, withCpu: boolean): Sentence {
  const stride = formatBytes(strideBytes);
  const names: Readonly<Record<Pattern, Sentence>> = {
    sequential: { en: 'sequential', ko: '순차' },
    random: { en: 'random', ko: '무작위' },
    strided: { en: `every ${stride}`, ko: `${stride}마다` },
    page: { en: 'once a page', ko: '페이지마다 한 번' },
  };
  const { en, ko } = names[pattern];
  return withCpu ? { en: `CPU ${cpu} ${en}`, ko: `CPU ${cpu} ${ko}` } : { en, ko };
}

/** Half of what the middle half of the differences spans. */
function halfSpread(values: readonly number[]): string {
  const sorted = ascending(values);
  return milliseconds(((quantile(sorted, 0.75) ?? 0) - (quantile(sorted, 0.25) ?? 0)) / 2);
}

function milliseconds(ns: number): string {
  return (ns / 1e6).toFixed(1);
}

/** One store a page is nearly nothing but its faults. */
function verdictOf(figures: readonly Figures[], runs: readonly AccessRun[]): Sentence {
  const page = figures.find(({ pattern }) => pattern === 'page');
  const [faults, each] = [lowerMedian(page?.faults ?? []) ?? 0, page === undefined ? null : nsPerFault(page)];
  if (each === null) return { en: 'No page faults were taken', ko: '페이지 폴트가 없었습니다' };
  const [time, count] = [formatDuration(each), formatCount(faults)];
  const bytes = formatBytes(runs[0]?.bytes ?? 0);
  return {
    en: `A page fault costs ${time} here; the first touch of ${bytes} takes ${count} of them`,
    ko: `여기서 페이지 폴트 하나의 비용은 ${time}이고, ${bytes}에 처음 접근하면 ${count}번 일어납니다`,
  };
}

function conclusionOf(figures: readonly Figures[]): readonly Sentence[] {
  return [...orderSentence(figures), ...randomSentence(figures), ...shareSentence(figures)];
}

/** Of the cost: beyond, orders are not called alike. */
const UNTOLD_RATIO = 0.25;

/** Orders differ by what the caches and the address translation make of them; the faults are the same. */
function orderSentence(figures: readonly Figures[]): readonly Sentence[] {
  const faults = figures.map((one) => lowerMedian(one.faults) ?? 0);
  const alike = Math.max(...faults) - Math.min(...faults) <= Math.max(...faults) / 100;
  if (!alike) {
    return [
      {
        en: 'A stride beyond a page leaves pages out: fewer faults.',
        ko: '페이지보다 큰 간격은 페이지를 건너뛰므로 폴트가 적습니다.',
      },
    ];
  }
  const costs = figures.map((one) => lowerMedian(one.cost) ?? 0);
  const most = (Math.max(...costs) - Math.min(...costs)) / 2;
  const count = formatCount(lowerMedian(faults) ?? 0);
  if (most > (lowerMedian(costs) ?? 0) * UNTOLD_RATIO) {
    return [
      {
        en: `Every order takes the same ${count} faults; what they cost cannot be told closer than ±${milliseconds(most)} ms here: more --repeats, or a quieter machine.`,
        ko: `어느 순서든 폴트 수는 ${count}번으로 같습니다. 그 비용은 여기서 ±${milliseconds(most)} ms보다 가깝게 말할 수 없습니다. --repeats를 늘리거나 조용할 때 다시 측정하세요.`,
      },
    ];
  }
  return [
    {
      en: `Every order takes the same ${count} faults, and they cost the same within ±${milliseconds(most)} ms.`,
      ko: `어느 순서든 폴트 수는 ${count}번으로 같고, 그 비용의 차이는 ±${milliseconds(most)} ms 이내입니다.`,
    },
  ];
}

/** From here on an order is called slow for other reasons than faults. */
const SLOW_FACTOR = 2;

function randomSentence(figures: readonly Figures[]): readonly Sentence[] {
  const of = (pattern: Pattern) => figures.find((one) => one.pattern === pattern);
  const [random, sequential] = [of('random'), of('sequential')];
  const [all, without] = [lowerMedian(random?.cold ?? []), lowerMedian(random?.prefaulted ?? [])];
  const usual = lowerMedian(sequential?.prefaulted ?? []);
  if (all === null || without === null || usual === null || without < SLOW_FACTOR * usual) return [];
  const [share, factor] = [formatPct(Math.max(0, 100 * (1 - without / all))), (without / usual).toFixed(1)];
  return [
    {
      en: `Random order takes ${factor} times as long without any fault: that is caches and address translation. Faults are ${share} of it, so bringing pages in before helps by no more.`,
      ko: `무작위 순서는 폴트 없이도 ${factor}배 걸립니다. 캐시와 주소 변환 때문입니다. 폴트는 그중 ${share}이므로, 페이지를 미리 올려 두어도 그 이상은 나아지지 않습니다.`,
    },
  ];
}

function shareSentence(figures: readonly Figures[]): readonly Sentence[] {
  const one = figures.find(({ pattern }) => pattern === 'sequential');
  const [all, cost] = [lowerMedian(one?.cold ?? []), lowerMedian(one?.cost ?? [])];
  if (all === null || cost === null) return [];
  const share = formatPct(Math.max(0, (100 * cost) / all));
  return [
    {
      en: `Of the first pass in order, faults are ${share}.`,
      ko: `순서대로 처음 훑을 때는 폴트가 시간의 ${share}입니다.`,
    },
  ];
}

/** The measuring thread may take some on its own stack and heap. */
const OWN_FAULTS = 8;

function warningsOf(
  figures: readonly Figures[],
  runs: readonly AccessRun[],
  { largestCacheBytes }: Setting,
): readonly Sentence[] {
  const spoilt = figures.filter(({ prefaultedFaults }) => prefaultedFaults > OWN_FAULTS);
  const bytes = runs[0]?.bytes ?? 0;
  const [area, cache] = [formatBytes(bytes), formatBytes(largestCacheBytes)];
  return [
    ...(spoilt.length === 0
      ? []
      : [
          {
            en: 'prefaulted passes took page faults too: pages were taken away meanwhile (memory is short), so the difference is too small',
            ko: '미리 폴트한 뒤에도 페이지 폴트가 있었습니다. 그사이 메모리가 부족해 페이지를 빼앗긴 것이므로 차이가 작게 나왔습니다',
          },
        ]),
    ...(bytes >= 2 * largestCacheBytes
      ? []
      : [
          {
            en: `${area} are less than twice the largest cache (${cache}): memory itself was not reached by all of it`,
            ko: `${area}은(는) 가장 큰 캐시(${cache})의 두 배가 안 되어, 일부는 메모리까지 가지 않았습니다`,
          },
        ]),
  ];
}

function rowOf(one: Figures, runs: readonly AccessRun[], { pages, strideBytes }: Setting): Row {
  const { cpu, pattern, accesses, cold, prefaulted, cost, faults, majorFaults, prefaultedFaults } = one;
  const at = (values: readonly number[], share: number) => roundNs(quantile(ascending(values), share));
  const stride = {
    sequential: WORD_BYTES,
    random: null,
    strided: strideBytes,
    page: runs[0]?.pageBytes ?? null,
  };
  return {
    cpu,
    pattern,
    pages,
    strideBytes: stride[pattern],
    accesses,
    coldNs: at(cold, 0.5),
    coldP25Ns: at(cold, 0.25),
    coldP75Ns: at(cold, 0.75),
    prefaultedNs: at(prefaulted, 0.5),
    prefaultedP25Ns: at(prefaulted, 0.25),
    prefaultedP75Ns: at(prefaulted, 0.75),
    faultCostNs: at(cost, 0.5),
    faultCostP25Ns: at(cost, 0.25),
    faultCostP75Ns: at(cost, 0.75),
    faults: lowerMedian(faults),
    leastFaults: Math.min(...faults),
    mostFaults: Math.max(...faults),
    majorFaults,
    prefaultedFaults,
    nsPerFault: roundNs(nsPerFault(one)),
    samples: cold.length,
  };
}
