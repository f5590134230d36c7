/** What the process is and did: its class, what it may use, CPU, memory, waits, moves and faults over the window. */
import { formatBytes, formatCount, formatDuration, formatPct } from '../../../base/format.ts';
import { isMissing, type Maybe, orNull } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { sum } from '../../../model/difference.ts';
import { CAUSE_NAMES } from '../../../model/faults/cause.ts';
import { cpuPctOf } from '../../../model/watch/compute-frame.ts';
import type { TargetFrame, WatchFrame } from '../../../model/watch/frame.ts';
import type { Block, Section } from '../../../report/page.ts';
import { type Strip, stripsSvg } from '../../../report/strips.ts';
import type { Look } from '../../output/look.ts';
import { analyzeVerdict } from '../analyze/render.ts';
import type { Seen } from './look-at.ts';
import { cell, left, paragraph, right } from './phrases.ts';

export function workSection(seen: Seen, look: Look): Section {
  return {
    title: { en: 'What it is and what it did', ko: '어떤 프로그램이고 무엇을 했는지' },
    blocks: [
      paragraph(analyzeVerdict(seen.recommended.measured)),
      factsTable(seen),
      ...stripBlocks(seen, look),
      ...faultBlocks(seen),
    ],
  };
}

function factsTable({ recommended: { measured } }: Seen): Block {
  const { process, work } = measured;
  const list = (value: Maybe<{ toKernelList(): string }>) => (isMissing(value) ? '—' : value.toKernelList());
  const bytes = (value: Maybe<number>) => (isMissing(value) ? '—' : formatBytes(value));
  const { rssBytes, swapBytes, lockedBytes } = process.memory;
  const ran = sum(work.threads.map((one) => one.runPct));
  const rows: readonly (readonly [Sentence, string])[] = [
    [
      { en: 'threads, run time of one CPU', ko: '스레드, CPU 하나 기준 실행 시간' },
      `${process.threads.length}, ${isMissing(ran) ? '—' : formatPct(ran)}`,
    ],
    [{ en: 'CPUs it may use', ko: '쓸 수 있는 CPU' }, list(process.usable)],
    [
      { en: 'affinity and policy of its threads', ko: '스레드의 친화도와 정책' },
      distinct(process.threads.map((one) => `${list(one.allowed)} ${one.policy} ${one.nice}`)),
    ],
    [
      { en: 'memory resident, swapped, locked', ko: '메모리 상주, 스왑, 잠금' },
      [rssBytes, swapBytes, lockedBytes].map(bytes).join(', '),
    ],
  ];
  return {
    kind: 'table',
    columns: [left({ en: 'process', ko: '프로세스' }), right({ en: 'at the end', ko: '끝 시점' })],
    rows: rows.map(([name, value]) => [name, cell(value)]),
    total: null,
  };
}

const MOST_DISTINCT = 3;

/** Those most threads have come first. */
function distinct(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a).map(([value]) => value);
  const shown = sorted.slice(0, MOST_DISTINCT).join('; ');
  return sorted.length > MOST_DISTINCT ? `${shown}; …` : shown;
}

type Pick = (target: TargetFrame, frame: WatchFrame) => number | null;

const perSec = (value: Maybe<number>, { elapsedNs }: WatchFrame) =>
  isMissing(value) ? null : (value * 1e9) / elapsedNs;
const msPerSec = (ns: Maybe<number>, frame: WatchFrame) => {
  const rate = perSec(ns, frame);
  return rate === null ? null : rate / 1e6;
};
const whole = (value: number, unit: string) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)}${unit}`;

interface StripKind {
  /** In JSON. */
  readonly key: string;
  readonly name: Sentence;
  readonly pick: Pick;
  readonly format: (value: number) => string;
}

const STRIPS: readonly StripKind[] = [
  {
    key: 'cpuPct',
    name: { en: 'CPU, of one', ko: 'CPU (하나 기준)' },
    pick: (target, frame) => orNull(cpuPctOf(target, frame)),
    format: (value) => whole(value, ' %'),
  },
  {
    key: 'rssBytes',
    name: { en: 'memory resident', ko: '상주 메모리' },
    pick: ({ activity }) => activity.rssBytes,
    format: formatBytes,
  },
  {
    key: 'runDelayMsPerSec',
    name: { en: 'run delay', ko: '실행 지연' },
    pick: ({ activity }, frame) => msPerSec(activity.runDelayNs, frame),
    format: (value) => whole(value, ' ms/s'),
  },
  {
    key: 'faultStallMsPerSec',
    name: { en: 'fault stall', ko: '폴트 정지' },
    pick: ({ faultStalls }, frame) => (isMissing(faultStalls) ? null : msPerSec(faultStalls.totalNs, frame)),
    format: (value) => whole(value, ' ms/s'),
  },
  {
    key: 'faultsPerSec',
    name: { en: 'minor and major faults', ko: '마이너·메이저 폴트' },
    pick: ({ activity: { minorFaults, majorFaults } }, frame) =>
      isMissing(minorFaults) || isMissing(majorFaults) ? null : perSec(minorFaults + majorFaults, frame),
    format: (value) => whole(value, '/s'),
  },
  {
    key: 'migrationsPerSec',
    name: { en: 'migrations', ko: '마이그레이션' },
    pick: ({ activity }, frame) => perSec(activity.migrations, frame),
    format: (value) => whole(value, '/s'),
  },
];

/** Of each interval, in order; null where it is not known. */
export function seriesJson({ frames }: Seen) {
  return {
    elapsedNs: frames.map((frame) => frame.elapsedNs),
    ...Object.fromEntries(STRIPS.map(({ key, pick }) => [key, valuesOf(frames, pick)])),
  };
}

function valuesOf(frames: readonly WatchFrame[], pick: Pick): (number | null)[] {
  return frames.map((frame) => {
    const [target] = frame.targets;
    return target === undefined ? null : pick(target, frame);
  });
}

function stripBlocks({ frames, late }: Seen, look: Look): readonly Block[] {
  const strips = STRIPS.map(({ name, pick, format }): Strip => {
    const values = valuesOf(frames, pick);
    const most = Math.max(0, ...values.map((value) => value ?? 0));
    const top = look.say({ en: `most ${format(most)}`, ko: `최대 ${format(most)}` });
    return { name: look.say(name), values, full: most === 0 ? 1 : most, top };
  });
  const svg = stripsSvg(strips, formatDuration(late.elapsedNs));
  const describes = {
    en: 'CPU, memory, run delay, fault stall, faults and migrations over the window',
    ko: '관찰 시간 동안의 CPU, 메모리, 실행 지연, 폴트 정지, 폴트, 마이그레이션',
  };
  return svg === null ? [] : [{ kind: 'picture', svg, describes }];
}

/** Where single faults could be measured. */
function faultBlocks({ recommended: { measured } }: Seen): readonly Block[] {
  const { stalls } = measured.watched.window;
  if (stalls === null || isMissing(stalls) || stalls.summary.total.faults === 0) return [];
  const { byCause, total } = stalls.summary;
  const row = (name: Sentence, one: { readonly faults: number; readonly stallNs: number }) => [
    name,
    cell(formatCount(one.faults)),
    cell(formatDuration(one.stallNs)),
  ];
  return [
    {
      kind: 'table',
      columns: [
        left({ en: 'page faults by cause', ko: '원인별 페이지 폴트' }),
        right({ en: 'faults', ko: '횟수' }),
        right({ en: 'stall', ko: '정지' }),
      ],
      rows: byCause.map((one) => row(CAUSE_NAMES[one.cause], one)),
      total: row({ en: 'total', ko: '합계' }, total),
    },
  ];
}
