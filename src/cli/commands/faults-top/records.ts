/** Turns intervals into the records of `keel faults top`. */
import type { TopInterval } from '../../../app/top-faults.ts';
import { EXIT } from '../../../base/errors.ts';
import { type Sentence, verbatim } from '../../../base/sentence.ts';
import type { TopOrder } from '../../../model/faults/top.ts';
import type { StreamRecord } from '../../command.ts';
import { formatCount, formatDuration, formatPct, formatTimeOfDay } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';
import { moreLine } from '../../output/more.ts';
import { flow, wrap } from '../../output/wrap.ts';
import { rowCsv, rowJson, rowTable } from './rows.ts';

const SCHEMA = 'keel.faults.top/1';

export interface TopView {
  readonly order: TopOrder;
  /** Most rows in text. */
  readonly show: number;
}

export async function* topRecords(
  intervals: AsyncIterable<TopInterval>,
  view: TopView,
): AsyncGenerator<StreamRecord> {
  let isFirst = true;
  let lost = 0;
  for await (const interval of intervals) {
    yield intervalRecord(interval, view, isFirst, interval.lost - lost);
    for (const target of interval.ended) yield endedRecord(target, interval);
    isFirst = false;
    lost = interval.lost;
  }
}

function intervalRecord(
  interval: TopInterval,
  { order, show }: TopView,
  isFirst: boolean,
  lost: number,
): StreamRecord {
  const { rows, total, elapsedNs, unixMs, obtainedBy, because } = interval;
  const time = new Date(unixMs).toISOString();
  return {
    json: {
      schema: SCHEMA,
      record: 'interval',
      time,
      elapsedNs,
      by: order,
      minor: total.minor,
      major: total.major,
      stallNs: total.stallNs,
      rows: rows.map(rowJson),
      lost: interval.lost,
      obtainedBy,
      because: because === null ? null : { ...because },
      overheadPct: overheadPct(interval),
      gaps: gapsOf(interval),
    },
    csv: rows.map((row) => rowCsv(row, time, elapsedNs)),
    lines: (look) => [
      ...(isFirst ? wrap(look.say(sourceText(interval)), look.width).map(look.colors.dim) : ['']),
      ...headLines(interval, look),
      ...(rows.length === 0 ? [] : rowTable(rows.slice(0, show), order, look)),
      ...moreLine(rows.length, Math.min(show, rows.length), look),
      ...(lost > 0 ? [lostLine(lost, look)] : []),
    ],
  };
}

function endedRecord({ tgid, comm }: TopInterval['ended'][number], { unixMs }: TopInterval): StreamRecord {
  return {
    exitCode: EXIT.gone,
    json: { schema: SCHEMA, record: 'ended', time: new Date(unixMs).toISOString(), tgid, comm },
    lines: (look) => {
      const [name, at] = [`${safeName(comm)} ${tgid}`, formatTimeOfDay(unixMs)];
      return [look.say({ en: `${name} ended at ${at}`, ko: `${name}이(가) ${at}에 끝났습니다` })];
    },
  };
}

function overheadPct({ ownCpuNs, sinceNs }: TopInterval): number {
  return (100 * ownCpuNs) / sinceNs;
}

/** Why causes are not told: by BPF faults are added up before anybody looks at the mapping. */
const NO_CAUSES = {
  field: 'rows.mainCause',
  path: 'faults by cause',
  reason: 'absent',
  hint: 'causes are told by --source ring',
} as const;

function gapsOf({ total, because, obtainedBy }: TopInterval) {
  const causes = obtainedBy === 'ring' ? [] : [NO_CAUSES];
  if (total.stallNs !== null || because === null) return causes;
  return [
    ...causes,
    { field: 'stallNs', path: because.path, reason: because.missing, hint: because.detail ?? '' },
  ];
}

const SOURCES: Readonly<Record<TopInterval['obtainedBy'], Sentence>> = {
  bpf: { en: 'Added up in the kernel by BPF', ko: 'BPF로 커널 안에서 집계' },
  ring: { en: 'By perf rings', ko: 'perf 링 사용' },
  proc: { en: 'Counts of /proc; the stall is not known', ko: '/proc의 횟수만 있고 멈춤 시간은 알 수 없음' },
};

function sourceText({ obtainedBy, because }: TopInterval): Sentence {
  const source = SOURCES[obtainedBy];
  if (because === null) return source;
  const why = verbatim(safeName(because.detail ?? because.path));
  return { en: `${source.en} (no BPF: ${why.en})`, ko: `${source.ko} (BPF 불가: ${why.ko})` };
}

function headLines(interval: TopInterval, look: Look): string[] {
  const { total, elapsedNs, unixMs } = interval;
  const seconds = formatDuration(elapsedNs, look.unicode);
  const faults = formatCount(total.minor + total.major);
  const stall = total.stallNs === null ? null : formatDuration(total.stallNs, look.unicode);
  const text = look.say({
    en: `${formatTimeOfDay(unixMs)}  ${faults} faults in ${seconds}${stall === null ? '' : `, ${stall} stalled`}`,
    ko: `${formatTimeOfDay(unixMs)}  ${seconds} 동안 폴트 ${faults}개${stall === null ? '' : `, ${stall} 멈춤`}`,
  });
  const cost = formatPct(overheadPct(interval));
  const costs = look.say({ en: `costs ${cost} of one CPU`, ko: `CPU 하나의 ${cost} 사용` });
  return flow([look.colors.bold(text), look.colors.dim(costs)], look.width, '   ');
}

function lostLine(lost: number, look: Look): string {
  const count = formatCount(lost);
  return look.colors.yellow(
    look.say({
      en: `! ${count} events found no room: the counts above are low`,
      ko: `! 이벤트 ${count}개를 잃음. 위의 값은 실제보다 작습니다`,
    }),
  );
}
