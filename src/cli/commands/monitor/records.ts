/** Turns samples into the records of `keel monitor`: one an interval, one when a target ends, and the summary. */
import type { FoundTarget } from '../../../app/find-targets.ts';
import type { Sample } from '../../../app/sample-targets.ts';
import { GapList } from '../../../base/missing.ts';
import { groupDecimals } from '../../../base/sentence.ts';
import { MIB } from '../../../base/units.ts';
import { type Activity, processActivity, threadActivity } from '../../../model/activity.ts';
import type { ProcessReading } from '../../../model/snapshot.ts';
import { processInterval } from '../../../model/task-interval.ts';
import { addInterval, type Totals } from '../../../model/totals.ts';
import type { StreamRecord } from '../../command.ts';
import { formatTimeOfDay } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';
import { activityCsv, activityJson, SCHEMA, totalsJson } from './data.ts';
import { headerLine, type Layout, rowLine } from './rows.ts';
import { summaryLines } from './summary.ts';

export interface MonitorView {
  readonly targets: readonly FoundTarget[];
  /** A row for each thread as well. */
  readonly threads: boolean;
  /** Most rows of threads an interval, in text; the busiest are shown. */
  readonly show: number;
  readonly everyNs: number;
  /** What reading the targets once costs; null for captures. */
  readonly readNs: number | null;
  /** How the threads are read. */
  readonly obtainedBy: 'bpf' | 'proc';
}

/** The header is written again after this many rows, so that it stays on the screen. */
const HEADER_EVERY = 20;

export async function* monitorRecords(
  samples: AsyncIterable<Sample>,
  view: MonitorView,
): AsyncGenerator<StreamRecord> {
  const totals = new Map<number, Totals>();
  let before: Sample | undefined;
  let intervals = 0;
  for await (const sample of samples) {
    if (before === undefined) yield startRecord(sample, view);
    else {
      const elapsedNs = Number(sample.monotonicNs - before.monotonicNs);
      const activities = activitiesOf(before, sample, view);
      for (const one of activities.filter(isWhole(view))) {
        totals.set(one.tgid, addInterval(totals.get(one.tgid), one, elapsedNs));
      }
      if (activities.length > 0) {
        yield intervalRecord(sample, elapsedNs, activities, view, intervals);
        intervals += 1;
      }
    }
    for (const target of sample.ended) yield endedRecord(sample, target);
    before = sample;
  }
  yield summaryRecord([...totals.values()], view);
}

/** A process, or the single thread that was asked for: what totals are kept of. */
function isWhole(view: MonitorView): (activity: Activity) => boolean {
  const single = view.targets.some((target) => target.tid !== null);
  return (activity) => single || activity.tid === null;
}

function activitiesOf(before: Sample, after: Sample, view: MonitorView): readonly Activity[] {
  const single = view.targets.some((target) => target.tid !== null);
  return [...after.processes.values()].flatMap((reading: ProcessReading) => {
    const interval = processInterval(before.processes.get(reading.tgid), reading);
    const threads = interval.threads.map(threadActivity);
    if (single) return threads;
    return [processActivity(interval), ...(view.threads ? threads : [])];
  });
}

function startRecord(sample: Sample, view: MonitorView): StreamRecord {
  return {
    json: {
      schema: SCHEMA,
      record: 'start',
      time: timeOf(sample),
      monotonicNs: String(sample.monotonicNs),
      everyNs: view.everyNs,
      readNs: view.readNs,
      obtainedBy: view.obtainedBy,
      targets: view.targets.map(({ tgid, tid, comm }) => ({ tgid, tid, comm })),
    },
    lines: (look) => [headerOf(view, look)],
  };
}

/** The header stands there at once, before the first interval is over. */
function headerOf(view: MonitorView, look: Look): string {
  const left: readonly [string, string] =
    layoutOf(view) === 'several'
      ? ['ID', look.say({ en: 'name', ko: '이름' })]
      : [look.say({ en: 'time', ko: '시각' }), view.targets[0]?.tid == null ? 'RSS MiB' : ''];
  return look.colors.dim(headerLine(layoutOf(view), left, look));
}

function layoutOf(view: MonitorView): Layout {
  return view.threads || view.targets.length > 1 ? 'several' : 'one';
}

function intervalRecord(
  sample: Sample,
  elapsedNs: number,
  activities: readonly Activity[],
  view: MonitorView,
  intervals: number,
): StreamRecord {
  return {
    // Only what is written is made: of the three forms, one is.
    get json() {
      return intervalJson(sample, elapsedNs, activities);
    },
    get csv() {
      return activities.map((one) => activityCsv(one, elapsedNs, [timeOf(sample), sample.sinceNs]));
    },
    lines: (look) => intervalLines(sample, elapsedNs, activities, view, intervals, look),
  };
}

function intervalJson(sample: Sample, elapsedNs: number, activities: readonly Activity[]) {
  const gaps = new GapList();
  return {
    schema: SCHEMA,
    record: 'interval',
    time: timeOf(sample),
    monotonicNs: String(sample.monotonicNs),
    sinceNs: sample.sinceNs,
    elapsedNs,
    skippedIntervals: sample.skipped,
    tasks: activities.map((one, i) => activityJson(one, elapsedNs, gaps, `tasks[${i}]`)),
    gaps: gaps.gaps.map((gap) => ({ ...gap })),
  };
}

function intervalLines(
  sample: Sample,
  elapsedNs: number,
  activities: readonly Activity[],
  view: MonitorView,
  intervals: number,
  look: Look,
): string[] {
  const clock = clockText(sample);
  const header = intervals > 0 && intervals % HEADER_EVERY === 0 ? [headerOf(view, look)] : [];
  if (layoutOf(view) === 'one') {
    const [row] = activities;
    const left = [clock, row?.rssBytes == null ? '' : mib(row.rssBytes)] as const;
    return [...header, ...(row === undefined ? [] : [rowLine('one', left, { ...row, elapsedNs }, look)])];
  }
  const shown = [
    ...activities.filter((one) => one.tid === null),
    ...busiest(activities.filter((one) => one.tid !== null)).slice(0, view.show),
  ].sort((a, b) => a.tgid - b.tgid || Number(a.tid !== null) - Number(b.tid !== null));
  const line = (one: Activity) => {
    const left = [`${one.tid ?? one.tgid}`, `${one.tid === null ? '' : ' '}${one.comm}`] as const;
    return rowLine('several', left, { ...one, elapsedNs }, look);
  };
  const more = activities.length - shown.length;
  const all = activities.filter((one) => one.tid !== null).length;
  return [
    ...header,
    look.colors.bold(clock),
    ...shown.map(line),
    ...(more > 0
      ? [
          look.say({
            en: `${more} more: --show ${all}`,
            ko: `${more}개 더: --show ${all}`,
          }),
        ]
      : []),
  ];
}

/** Those that ran most first; an idle thread is shown only where there is room. */
function busiest(threads: readonly Activity[]): readonly Activity[] {
  const ran = (one: Activity) => (typeof one.runTimeNs === 'number' ? one.runTimeNs : 0);
  return [...threads].sort((a, b) => ran(b) - ran(a));
}

function endedRecord(sample: Sample, target: FoundTarget): StreamRecord {
  const { tgid, tid, comm } = target;
  const id = tid === null ? `${tgid}` : `tid:${tid}`;
  const at = clockText(sample);
  return {
    json: { schema: SCHEMA, record: 'ended', time: timeOf(sample), tgid, tid, comm },
    lines: (look) => [
      look.say({
        en: `${safeName(comm)} ${id} ended; seen at ${at}`,
        ko: `${safeName(comm)} ${id}이(가) 끝났습니다. 확인한 시각 ${at}`,
      }),
    ],
  };
}

function summaryRecord(totals: readonly Totals[], view: MonitorView): StreamRecord {
  const gaps = new GapList();
  return {
    json: {
      schema: SCHEMA,
      record: 'summary',
      tasks: totals.map((one, i) => totalsJson(one, gaps, `tasks[${i}]`)),
      gaps: gaps.gaps.map((gap) => ({ ...gap })),
    },
    lines: (look) =>
      totals.length === 0
        ? [
            look.say({
              en: `Stopped before the first interval (${view.everyNs / 1e9} s) was over; nothing was measured.`,
              ko: `첫 구간(${view.everyNs / 1e9}초)이 끝나기 전에 멈춰 측정값이 없습니다.`,
            }),
          ]
        : ['', ...totals.flatMap((one) => summaryLines(one, totals.length > 1, look))],
  };
}

/** ISO 8601 with milliseconds; null for a capture. */
function timeOf({ unixMs }: Sample): string | null {
  return unixMs === null ? null : new Date(unixMs).toISOString();
}

/** The time of day, or of a capture the time since its first moment. */
function clockText({ unixMs, sinceNs }: Sample): string {
  return unixMs === null ? `+${(sinceNs / 1e9).toFixed(1)} s` : formatTimeOfDay(unixMs);
}

function mib(bytes: number): string {
  return groupDecimals(bytes / MIB, 1);
}
