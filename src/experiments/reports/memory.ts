/** What the bandwidths of `keel bench memory` mean. */
import { formatBytes, significant } from '../../base/format.ts';
import type { Gap } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import { ascending, quantile } from '../../stats/quantiles.ts';
import { OPERATIONS, type Operation } from '../kernels/stream.ts';
import type { Report } from '../report.ts';
import type { Backing } from '../workers/area.ts';
import type { Usage } from '../workers/pinned-worker.ts';
import { spreadOf } from './spread.ts';

export interface MemoryRun {
  readonly cpu: number;
  /** Whose memory; null where the machine tells of no nodes. */
  readonly node: number | null;
  readonly isLocal: boolean;
  readonly usage: Usage;
  readonly backing: Backing;
  /** Chunk by chunk; a copy counts what it reads and what it writes. */
  readonly bytesPerSec: Readonly<Record<Operation, readonly number[]>>;
}

interface Setting {
  readonly areaBytes: number;
  readonly largestCacheBytes: number;
  readonly repetitions: number;
  readonly gaps: readonly Gap[];
}

/** Interruptions make a chunk slower, never faster: the upper quartile is the undisturbed rate. */
const UNDISTURBED = 0.75;
const NAMES: Readonly<Record<Operation, Sentence>> = {
  read: { en: 'read', ko: '읽기' },
  write: { en: 'write', ko: '쓰기' },
  copy: { en: 'copy', ko: '복사' },
};

export function memoryReport(runs: readonly MemoryRun[], setting: Setting): Report {
  const figures = runs.flatMap((run) => OPERATIONS.map((operation) => ascending(run.bytesPerSec[operation])));
  return {
    verdict: verdictOf(runs),
    table: {
      columns: [
        { title: { en: 'CPU', ko: 'CPU' }, unit: 'count' },
        { title: { en: 'node', ko: '노드' }, unit: 'count' },
        ...OPERATIONS.map((operation) => ({ title: NAMES[operation], unit: 'bytesPerSec' as const })),
        { title: { en: 'medians', ko: '중앙값' }, unit: 'text' },
      ],
      rows: runs.map((run) => [
        run.cpu,
        run.node,
        ...OPERATIONS.map((operation) => rateOf(run, operation)),
        OPERATIONS.map((operation) => gigabytes(rateOf(run, operation, 0.5))).join(' / '),
      ]),
    },
    conclusion: [...remoteSentences(runs), ...cacheSentence(setting)],
    warnings: [],
    rows: runs.flatMap(rowsOf),
    parts: { areaBytes: setting.areaBytes },
    spreadPct: spreadOf(figures),
    repetitions: setting.repetitions,
    usages: runs.map(({ usage }) => usage),
    backings: runs.map(({ backing }) => backing),
    measuresNoise: false,
    chart: {
      kind: 'bars',
      unit: 'bytesPerSec',
      title: { en: 'bytes a second, upper quartile', ko: '초당 바이트, 상위 사분위' },
      bars: runs.flatMap((run) =>
        OPERATIONS.map((operation) => ({
          name: `CPU ${run.cpu}${run.node === null ? '' : `, node ${run.node}`}, ${operation}`,
          value: rateOf(run, operation),
        })),
      ),
    },
    gaps: setting.gaps,
  };
}

function rateOf({ bytesPerSec }: MemoryRun, operation: Operation, share = UNDISTURBED): number {
  return quantile(ascending(bytesPerSec[operation]), share) ?? 0;
}

function gigabytes(bytesPerSec: number): string {
  return significant(bytesPerSec / 1e9);
}

function rowsOf(run: MemoryRun) {
  return OPERATIONS.map((operation) => {
    const sorted = ascending(run.bytesPerSec[operation]);
    const at = (share: number) => Math.round(quantile(sorted, share) ?? 0);
    return {
      cpu: run.cpu,
      node: run.node,
      operation,
      bytesPerSec: at(0.5),
      p5BytesPerSec: at(0.05),
      p25BytesPerSec: at(0.25),
      p75BytesPerSec: at(0.75),
      p95BytesPerSec: at(0.95),
      samples: sorted.length,
    };
  });
}

/** The CPU that reads its own memory fastest stands for the machine. */
function verdictOf(runs: readonly MemoryRun[]): Sentence {
  const [best] = runs.filter(({ isLocal }) => isLocal).sort((a, b) => rateOf(b, 'read') - rateOf(a, 'read'));
  if (best === undefined) return { en: 'nothing was measured', ko: '측정한 것이 없습니다' };
  const rate = (operation: Operation) => `${gigabytes(rateOf(best, operation))} GB/s`;
  const text = (language: 'en' | 'ko') =>
    OPERATIONS.map((operation) => `${NAMES[operation][language]} ${rate(operation)}`).join(', ');
  return { en: `One CPU: ${text('en')}`, ko: `CPU 하나: ${text('ko')}` };
}

function remoteSentences(runs: readonly MemoryRun[]): readonly Sentence[] {
  return runs.flatMap((run) => {
    const near = runs.find(({ cpu, isLocal }) => isLocal && cpu === run.cpu);
    if (run.isLocal || near === undefined) return [];
    const share = ((100 * rateOf(run, 'read')) / rateOf(near, 'read')).toFixed(0);
    return [
      {
        en: `CPU ${run.cpu} reads memory of node ${run.node} at ${share} % of the rate of its own node ${near.node}.`,
        ko: `CPU ${run.cpu}은(는) 노드 ${run.node}의 메모리를 자기 노드 ${near.node}의 ${share} % 속도로 읽습니다.`,
      },
    ];
  });
}

function cacheSentence({ areaBytes, largestCacheBytes }: Setting): readonly Sentence[] {
  if (areaBytes >= 2 * largestCacheBytes) return [];
  const [area, cache] = [formatBytes(areaBytes), formatBytes(largestCacheBytes)];
  return [
    {
      en: `The ${area} that were moved are less than twice the largest cache (${cache}): a part of it may have come from there.`,
      ko: `옮긴 ${area}은(는) 가장 큰 캐시(${cache})의 두 배가 안 되어, 일부는 캐시에서 왔을 수 있습니다.`,
    },
  ];
}
