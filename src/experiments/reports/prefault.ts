/** What the ways of bringing memory in before it is used are worth: `keel bench prefault`. */
import { formatBytes, formatCount, formatDuration, formatPct } from '../../base/format.ts';
import type { Gap } from '../../base/missing.ts';
import { type Sentence, verbatim } from '../../base/sentence.ts';
import { ascending, lowerMedian, quantile } from '../../stats/quantiles.ts';
import type { Report, Row } from '../report.ts';
import { HUGE_PAGE_BYTES } from '../workers/area.ts';
import type { Phase } from '../workers/fresh-area.ts';
import type { Usage } from '../workers/pinned-worker.ts';
import { refusalOf } from './refusals.ts';
import { roundNs, spreadOf } from './spread.ts';

export const METHODS = [
  'none',
  'touchWrite',
  'touchRead',
  'mapPopulate',
  'populateWrite',
  'populateRead',
  'willneed',
  'mlock',
  'huge',
  'hugePopulate',
  'hugetlb',
] as const;
export type Method = (typeof METHODS)[number];

const NAMES: Readonly<Record<Method, Sentence>> = {
  none: { en: 'none', ko: '없음' },
  touchWrite: { en: 'touch by writing', ko: '쓰면서 접근' },
  touchRead: { en: 'touch by reading', ko: '읽으면서 접근' },
  mapPopulate: verbatim('MAP_POPULATE'),
  populateWrite: verbatim('MADV_POPULATE_WRITE'),
  populateRead: verbatim('MADV_POPULATE_READ'),
  willneed: verbatim('MADV_WILLNEED'),
  mlock: verbatim('mlock'),
  huge: verbatim('MADV_HUGEPAGE'),
  hugePopulate: { en: 'huge, POPULATE_WRITE', ko: 'huge, POPULATE_WRITE' },
  hugetlb: verbatim('MAP_HUGETLB'),
};

export interface MethodSamples {
  readonly done: { readonly setUp: Phase; readonly firstWork: Phase }[];
  /** What the kernel did not do; nothing was measured then. */
  failed: { readonly call: string; readonly errnoName: string } | null;
}

export interface PrefaultRun {
  readonly cpu: number;
  readonly usage: Usage;
  readonly bytes: number;
  readonly pageBytes: number;
  readonly rounds: number;
  readonly samples: Readonly<Record<Method, MethodSamples>>;
}

/** One method on one CPU. */
interface Figures {
  readonly cpu: number;
  readonly method: Method;
  readonly setUpNs: readonly number[];
  readonly workNs: readonly number[];
  readonly bothNs: readonly number[];
  readonly setUpFaults: number | null;
  readonly workFaults: number | null;
  readonly failed: MethodSamples['failed'];
}

/** @param limitBytes how much this process may lock; null for any amount, and where it is not told */
export function prefaultReport(runs: readonly PrefaultRun[], limitBytes: number | null): Report {
  const figures = runs.flatMap((run) => METHODS.map((method) => figuresOf(run, method)));
  const [first] = runs;
  const bytes = first?.bytes ?? 0;
  const name = ({ cpu, method }: Figures): Sentence => {
    const { en, ko } = NAMES[method];
    return runs.length > 1 ? { en: `CPU ${cpu} ${en}`, ko: `CPU ${cpu} ${ko}` } : { en, ko };
  };
  const own = figures.filter(({ cpu }) => cpu === first?.cpu);
  const refusals = own.flatMap(({ method, failed }) =>
    failed === null ? [] : [{ method, why: refusalOf(method, failed, { bytes, limitBytes }), failed }],
  );
  return {
    verdict: verdictOf(own, bytes),
    table: tableOf(figures, name),
    conclusion: conclusionOf(own),
    warnings: refusals.map(({ method, why }) => ({
      en: `${NAMES[method].en}: ${why.en}`,
      ko: `${NAMES[method].ko}: ${why.ko}`,
    })),
    rows: figures.map(rowOf),
    parts: { areaBytes: bytes, hugePageBytes: HUGE_PAGE_BYTES },
    spreadPct: spreadOf(figures.map(({ bothNs }) => ascending(bothNs))),
    repetitions: Math.min(...runs.map(({ rounds }) => rounds)),
    usages: runs.map(({ usage }) => usage),
    backings: [],
    measuresNoise: false,
    usesCpuTime: true,
    chart: {
      kind: 'stacks',
      unit: 'duration',
      title: { en: 'set-up, then the first work; medians', ko: '준비, 그다음 첫 작업. 중앙값' },
      parts: [
        { en: 'set-up', ko: '준비' },
        { en: 'first work', ko: '첫 작업' },
      ],
      bars: figures.map((one) => ({
        name: name(one),
        values: one.failed === null ? [lowerMedian(one.setUpNs) ?? 0, lowerMedian(one.workNs) ?? 0] : null,
      })),
    },
    gaps: refusals.map(gapOf),
  };
}

function gapOf({ method, why, failed }: { method: Method; why: Sentence; failed: { call: string } }): Gap {
  return { field: `rows of method ${method}`, path: failed.call, reason: 'denied', hint: why.en };
}

function tableOf(figures: readonly Figures[], name: (one: Figures) => Sentence): Report['table'] {
  return {
    columns: [
      { title: { en: 'brought in by', ko: '올리는 방법' }, unit: 'text' },
      { title: { en: 'set-up', ko: '준비' }, unit: 'duration' },
      { title: { en: 'faults', ko: '폴트' }, unit: 'count' },
      { title: { en: 'first work', ko: '첫 작업' }, unit: 'duration' },
      { title: { en: 'faults', ko: '폴트' }, unit: 'count' },
      { title: { en: 'both', ko: '합계' }, unit: 'duration' },
    ],
    rows: figures.map((one) => [
      name(one),
      lowerMedian(one.setUpNs),
      one.setUpFaults,
      lowerMedian(one.workNs),
      one.workFaults,
      lowerMedian(one.bothNs),
    ]),
  };
}

function figuresOf({ cpu, samples }: PrefaultRun, method: Method): Figures {
  const { done, failed } = samples[method];
  const faults = ({ minorFaults, majorFaults }: Phase) => minorFaults + majorFaults;
  return {
    cpu,
    method,
    setUpNs: done.map(({ setUp }) => setUp.ns),
    workNs: done.map(({ firstWork }) => firstWork.ns),
    bothNs: done.map(({ setUp, firstWork }) => setUp.ns + firstWork.ns),
    setUpFaults: lowerMedian(done.map(({ setUp }) => faults(setUp))),
    workFaults: lowerMedian(done.map(({ firstWork }) => faults(firstWork))),
    failed,
  };
}

function rowOf({ cpu, method, setUpNs, workNs, bothNs, setUpFaults, workFaults, failed }: Figures): Row {
  const at = (values: readonly number[], share: number) => roundNs(quantile(ascending(values), share));
  return {
    cpu,
    method,
    setUpNs: at(setUpNs, 0.5),
    setUpP25Ns: at(setUpNs, 0.25),
    setUpP75Ns: at(setUpNs, 0.75),
    setUpFaults,
    firstWorkNs: at(workNs, 0.5),
    firstWorkP25Ns: at(workNs, 0.25),
    firstWorkP75Ns: at(workNs, 0.75),
    firstWorkFaults: workFaults,
    bothNs: at(bothNs, 0.5),
    samples: bothNs.length,
    refused: failed === null ? null : `${failed.call}: ${failed.errnoName}`,
  };
}

function pick(figures: readonly Figures[], method: Method): Figures | null {
  return figures.find((one) => one.method === method && one.failed === null) ?? null;
}

function verdictOf(figures: readonly Figures[], bytes: number): Sentence {
  const none = pick(figures, 'none');
  const [best] = figures
    .filter(({ failed, workFaults }) => failed === null && workFaults === 0)
    .sort((a, b) => (lowerMedian(a.workNs) ?? 0) - (lowerMedian(b.workNs) ?? 0));
  const [before, after] = [lowerMedian(none?.workNs ?? []), lowerMedian(best?.workNs ?? [])];
  if (best === undefined || before === null || after === null) {
    return {
      en: 'No way of bringing memory in could be measured',
      ko: '메모리를 미리 올리는 방법을 하나도 측정하지 못했습니다',
    };
  }
  const [all, rest, faults] = [
    formatDuration(before),
    formatDuration(after),
    formatCount(none?.workFaults ?? 0),
  ];
  const size = formatBytes(bytes);
  return {
    en: `The first work over ${size} takes ${all} and ${faults} faults; brought in before, ${rest} and none`,
    ko: `${size}에 대한 첫 작업은 ${all}, 폴트 ${faults}번입니다. 미리 올려 두면 ${rest}, 폴트 0번입니다`,
  };
}

function conclusionOf(figures: readonly Figures[]): readonly Sentence[] {
  return [...uselessSentence(figures), ...movedSentence(figures), ...hugeSentence(figures)];
}

/** As many faults afterwards as without it, or nearly. */
const USELESS_RATIO = 0.9;

function uselessSentence(figures: readonly Figures[]): readonly Sentence[] {
  const without = pick(figures, 'none')?.workFaults ?? 0;
  const useless = (['touchRead', 'populateRead', 'willneed'] as const).filter(
    (method) => (pick(figures, method)?.workFaults ?? 0) >= USELESS_RATIO * without,
  );
  if (without === 0 || useless.length === 0) return [];
  const names = (language: 'en' | 'ko') => useless.map((method) => NAMES[method][language]).join(', ');
  return [
    {
      en: `No help to work that writes: ${names('en')}. Reading maps the kernel's page of zeros; each first write faults all the same.`,
      ko: `쓰기 작업에는 소용없음: ${names('ko')}. 읽으면 커널의 0 페이지가 매핑될 뿐이고, 처음 쓸 때 그대로 폴트가 납니다.`,
    },
  ];
}

function movedSentence(figures: readonly Figures[]): readonly Sentence[] {
  const [none, populate] = [
    pick(figures, 'none'),
    pick(figures, 'populateWrite') ?? pick(figures, 'touchWrite'),
  ];
  const [before, after] = [lowerMedian(none?.bothNs ?? []), lowerMedian(populate?.bothNs ?? [])];
  if (populate === null || before === null || after === null) return [];
  const name = NAMES[populate.method];
  const times = `${formatDuration(before)} -> ${formatDuration(after)}`;
  const part = formatPct(100 * Math.abs(after / before - 1));
  const [en, ko] = after <= before ? [`${part} less`, `${part} 감소`] : [`${part} more`, `${part} 증가`];
  return [
    {
      en: `Prefaulting moves the cost to the set-up; the two together: ${times} by ${name.en} (${en}).`,
      ko: `미리 폴트하면 비용이 준비 단계로 옮겨 갑니다. 둘을 합하면 ${name.ko}(으)로 ${times} (${ko}).`,
    },
  ];
}

function hugeSentence(figures: readonly Figures[]): readonly Sentence[] {
  const [none, huge] = [pick(figures, 'none'), pick(figures, 'huge')];
  const [small, large] = [lowerMedian(none?.bothNs ?? []), lowerMedian(huge?.bothNs ?? [])];
  if (none === null || huge === null || small === null || large === null) return [];
  const [few, many] = [formatCount(huge.workFaults ?? 0), formatCount(none.workFaults ?? 0)];
  if ((huge.workFaults ?? 0) > USELESS_RATIO * (none.workFaults ?? 0)) {
    return [
      {
        en: 'Huge pages were asked for and none were given (transparent_hugepage is "never", or memory is in pieces).',
        ko: 'huge 페이지를 요청했지만 받지 못했습니다(transparent_hugepage가 "never"이거나 메모리가 조각나 있음).',
      },
    ];
  }
  const each = formatDuration((lowerMedian(huge.workNs) ?? 0) / Math.max(1, huge.workFaults ?? 1));
  const [a, b] = [formatDuration(small), formatDuration(large)];
  return [
    {
      en: `Huge pages: ${few} faults in place of ${many}, ${b} in place of ${a}; but each of them, with the work on its page, holds the thread for ${each}.`,
      ko: `huge 페이지: 폴트 ${many}번 대신 ${few}번, ${a} 대신 ${b}. 다만 한 번에 (그 페이지의 작업까지) 스레드를 ${each} 동안 붙잡습니다.`,
    },
  ];
}
