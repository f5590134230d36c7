/** The table of threads of `keel check`, cut to the width of the terminal. */
import { type Maybe, present } from '../../../base/missing.ts';
import type { ThreadCheck } from '../../../model/process-check.ts';
import { formatShortCount, formatShortDuration } from '../../output/format.ts';
import { cells, cutMiddle, type Look, safeName } from '../../output/look.ts';
import { type Column, tableLines } from '../../output/table.ts';

interface ThreadColumn extends Column {
  /** Left out first where the terminal is too narrow; 0 never. */
  readonly expendable: number;
  readonly cell: (thread: ThreadCheck) => string;
}

const NARROWEST_NAME = 8;

/** Affinity and policy have a column only where threads differ in them. */
export function threadTable(threads: readonly ThreadCheck[], look: Look): string[] {
  const differ = (text: (thread: ThreadCheck) => string) => new Set(threads.map(text)).size > 1;
  const columns = [
    ...firstColumns(look),
    ...(differ((thread) => affinityText(thread, look)) ? [affinityColumn(look)] : []),
    ...(differ(policyText) ? [column(look, 'policy', '정책', 0, policyText, 'left')] : []),
    ...counterColumns(look),
  ];
  for (let left: readonly ThreadColumn[] = columns; ; left = withoutWorst(left)) {
    const lines = draw(left, threads, look);
    if (lines === null) continue;
    return left.length === columns.length
      ? lines
      : [...lines, look.say({ en: 'More columns: --width 120', ko: '열 더 보기: --width 120' })];
  }
}

function withoutWorst(columns: readonly ThreadColumn[]): readonly ThreadColumn[] {
  const worst = Math.max(...columns.map((one) => one.expendable));
  return columns.filter((one) => one.expendable !== worst);
}

/** null where the columns do not fit, however short the names are cut, and one could be left out. */
function draw(
  columns: readonly ThreadColumn[],
  threads: readonly ThreadCheck[],
  look: Look,
): string[] | null {
  for (let name = 15; name >= NARROWEST_NAME; name -= 1) {
    const rows = threads.map((thread) =>
      columns.map((one, i) => (i === 1 ? cutMiddle(one.cell(thread), name, look.unicode) : one.cell(thread))),
    );
    const lines = tableLines(columns, rows);
    if (lines.every((line) => cells(line) <= look.width)) return lines;
    if (name === NARROWEST_NAME && columns.every((one) => one.expendable === 0)) return lines;
  }
  return null;
}

function column(
  look: Look,
  en: string,
  ko: string,
  expendable: number,
  cell: (thread: ThreadCheck) => string,
  align: 'left' | 'right' = 'right',
): ThreadColumn {
  return { title: look.say({ en, ko }), align, expendable, cell };
}

function firstColumns(look: Look): readonly ThreadColumn[] {
  return [
    column(look, 'TID', 'TID', 0, (thread) => String(thread.tid)),
    column(look, 'thread', '스레드', 0, (thread) => safeName(thread.comm), 'left'),
    column(look, 'CPU', 'CPU', 0, (thread) => String(thread.lastCpu)),
  ];
}

/** `other`, `other -5`, `fifo 40`. */
export function policyText(thread: ThreadCheck): string {
  if (thread.realtimePriority > 0) return `${thread.policy} ${thread.realtimePriority}`;
  if (thread.nice === 0) return thread.policy;
  return `${thread.policy} ${thread.nice > 0 ? '+' : ''}${thread.nice}`;
}

/** Stands for a value that could not be read. */
export function dash(look: Look): string {
  return look.unicode ? '—' : '-';
}

function affinityText(thread: ThreadCheck, look: Look): string {
  return present(thread.affinity) ? thread.affinity.toString() : dash(look);
}

function affinityColumn(look: Look): ThreadColumn {
  return column(
    look,
    'affinity',
    'affinity',
    0,
    (thread) => cutMiddle(affinityText(thread, look), 12, look.unicode),
    'left',
  );
}

function counterColumns(look: Look): readonly ThreadColumn[] {
  const duration = (value: Maybe<bigint>) =>
    present(value) ? formatShortDuration(Number(value), look.unicode) : dash(look);
  const count = (value: Maybe<bigint>) => (present(value) ? formatShortCount(Number(value)) : dash(look));
  return [
    column(look, 'run time', '실행', 0, (thread) => duration(thread.runTimeNs)),
    column(look, 'run delay', '실행 지연', 0, (thread) => duration(thread.runDelayNs)),
    column(look, 'moves', '이동', 0, (thread) => count(thread.migrations)),
    column(
      look,
      'vol/invol',
      '자발/비자발',
      2,
      (thread) => `${count(thread.voluntarySwitches)}/${count(thread.involuntarySwitches)}`,
    ),
    column(
      look,
      'minor/major',
      'minor/major',
      1,
      (thread) => `${count(thread.minorFaults)}/${count(thread.majorFaults)}`,
    ),
  ];
}
