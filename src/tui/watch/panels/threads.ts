/** The table of threads. Columns appear with the width. */
import { isMissing, type Maybe } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { barRow } from '../../../cli/output/bars.ts';
import { formatShortCount } from '../../../cli/output/format.ts';
import { cutMiddle, type Look, safeName } from '../../../cli/output/look.ts';
import type { ThreadFrame } from '../../../model/watch/frame.ts';
import { boxed, fitted, fittedRight, titleLine } from '../../drawing/lines.ts';
import { type Shown, type Sort, targetIn, threadRows, type WatchState } from '../state.ts';
import { msPerSec, orDash, type Panel, short } from './panel.ts';

interface Column {
  readonly title: Sentence;
  readonly width: number;
  /** From this width of the table on. */
  readonly from: number;
  readonly left?: boolean;
  readonly cell: (thread: ThreadFrame, elapsedNs: number, look: Look, shown: Shown) => string;
}

const perSecond = (value: Maybe<number>, elapsedNs: number, look: Look) =>
  orDash(value, look, (count) => short((count * 1e9) / elapsedNs));
const heldMs = (value: Maybe<number>, elapsedNs: number, look: Look) =>
  orDash(value, look, (ns) => short(msPerSec(ns, elapsedNs)));

const NAME_WIDTH = 12;
const SPARK_WIDTH = 22;

// biome-ignore format: one line per column
const COLUMNS: readonly Column[] = [
  { title: { en: 'TID', ko: 'TID' }, width: 7, from: 0, cell: ({ tid }) => `${tid}` },
  { title: { en: 'thread', ko: '스레드' }, width: NAME_WIDTH, from: 0, left: true, cell: ({ comm }, _, look) => cutMiddle(safeName(comm), NAME_WIDTH, look.unicode) },
  { title: { en: 'CPU', ko: 'CPU' }, width: 4, from: 0, cell: ({ cpu }) => `${cpu}` },
  { title: { en: 'affinity', ko: '친화도' }, width: 9, from: 90, left: true, cell: (thread, _, look) => orDash(thread.affinity, look, (list) => cutMiddle(list, 9, look.unicode)) },
  { title: { en: 'run %', ko: '실행 %' }, width: 6, from: 0, cell: ({ runTimeNs }, ns, look) => orDash(runTimeNs, look, (ran) => short((ran / ns) * 100)) },
  { title: { en: 'delay ms/s', ko: '지연 ms/s' }, width: 10, from: 0, cell: ({ runDelayNs }, ns, look) => heldMs(runDelayNs, ns, look) },
  { title: { en: 'stall ms/s', ko: '정지 ms/s' }, width: 10, from: 66, cell: ({ faultStallNs }, ns, look) => heldMs(faultStallNs, ns, look) },
  { title: { en: 'moves/s', ko: '이동/s' }, width: 7, from: 0, cell: ({ migrations }, ns, look) => perSecond(migrations, ns, look) },
  { title: { en: 'policy', ko: '정책' }, width: 8, from: 76, left: true, cell: policyOf },
  { title: { en: 'minor/s', ko: '마이너/s' }, width: 8, from: 120, cell: ({ minorFaults }, ns, look) => perSecond(minorFaults, ns, look) },
  { title: { en: 'major/s', ko: '메이저/s' }, width: 8, from: 120, cell: ({ majorFaults }, ns, look) => perSecond(majorFaults, ns, look) },
  { title: { en: 'vol/invol', ko: '자발/비자발' }, width: 11, from: 120, cell: ({ voluntarySwitches, involuntarySwitches }, _, look) => `${orDash(voluntarySwitches, look, formatShortCount)}/${orDash(involuntarySwitches, look, formatShortCount)}` },
  { title: { en: 'run delay before', ko: '이전 실행 지연' }, width: SPARK_WIDTH, from: 140, left: true, cell: sparkOf },
];

function policyOf({ policy, nice, realtimePriority }: ThreadFrame): string {
  if (realtimePriority > 0) return `${policy} ${realtimePriority}`;
  return nice === 0 ? policy : `${policy} ${nice > 0 ? '+' : ''}${nice}`;
}

function sparkOf(thread: ThreadFrame, _: number, look: Look, { past, target }: Shown): string {
  const delays = past.slice(-SPARK_WIDTH).map(({ frame }) => {
    const then = targetIn(frame, target.tgid)?.threads.find((one) => one.tid === thread.tid);
    return then === undefined || isMissing(then.runDelayNs) ? 0 : then.runDelayNs / frame.elapsedNs;
  });
  return barRow(delays, Math.max(0.001, ...delays), look);
}

const SORT_NAMES: Readonly<Record<Sort, Sentence>> = {
  delay: { en: 'run delay', ko: '실행 지연' },
  run: { en: 'run time', ko: '실행 시간' },
  stall: { en: 'fault stall', ko: '폴트 정지' },
  moves: { en: 'moves', ko: '이동' },
  faults: { en: 'faults', ko: '폴트' },
  name: { en: 'name', ko: '이름' },
  tid: { en: 'TID', ko: 'TID' },
};

export const threadsPanel: Panel = (state, shown, size, look) => {
  const { width, height } = size;
  const rows = threadRows(state, shown);
  const columns = COLUMNS.filter((one) => width >= one.from);
  const room = Math.max(0, height - 2);
  const at = Math.max(
    0,
    rows.findIndex((one) => one.tid === state.tid),
  );
  // The cursor stays in sight.
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
  const lines = rows
    .slice(first, first + room)
    .map((thread) => rowLine(thread, rows[at]?.tid === thread.tid, columns, shown, width, look));
  const header = `  ${columns.map((one) => aligned(look.say(one.title), one, look)).join(' ')}`;
  const title = titleLine(titleOf(state, shown, rows.length, look), width, look, state.panel === 'threads');
  return boxed([title, look.colors.dim(fitted(header, width, look)), ...lines], size);
};

function titleOf({ sort, filter }: WatchState, { target }: Shown, rows: number, look: Look): string {
  const by = look.say(SORT_NAMES[sort]);
  const all = target.threads.length;
  const named = filter === '' ? `${all}` : `${rows}/${all} "${safeName(filter)}"`;
  return look.say({ en: `threads by ${by}, ${named}`, ko: `스레드, ${by} 순, ${named}` });
}

function aligned(text: string, { width, left }: Column, look: Look): string {
  return left ? fitted(text, width, look) : fittedRight(text, width, look);
}

function rowLine(
  thread: ThreadFrame,
  isCursor: boolean,
  columns: readonly Column[],
  shown: Shown,
  width: number,
  look: Look,
): string {
  const { elapsedNs } = shown.entry.frame;
  const values = columns.map((one) => aligned(one.cell(thread, elapsedNs, look, shown), one, look));
  const line = fitted(`${isCursor ? '>' : ' '} ${values.join(' ')}`, width, look);
  return isCursor ? look.colors.inverse(line) : line;
}
