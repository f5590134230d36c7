/** `keel monitor` as lines of a table, written while it grows: so its widths are fixed. */
import { isMissing, type Maybe } from '../../../base/missing.ts';
import type { Counters } from '../../../model/activity.ts';
import { formatDuration, formatShortCount } from '../../output/format.ts';
import { cells, cutMiddle, type Look, padEnd, padStart, safeName } from '../../output/look.ts';

/** What stands in a row: a process, a thread, or the sum of many intervals. */
export interface RowData extends Counters {
  readonly elapsedNs: number;
  /** The CPUs it ran on, most run time first. */
  readonly cpus: readonly { readonly cpu: number }[];
}

/** The two columns on the left: when and how much memory for a process alone; id and name where there are several. */
export type Layout = 'one' | 'several';

const LEFT_WIDTHS: Readonly<Record<Layout, readonly [number, number]>> = { one: [8, 8], several: [7, 12] };
const CPU_COLUMNS: Readonly<Record<Layout, number>> = { one: 8, several: 7 };

interface Column {
  readonly title: (look: Look) => string;
  readonly width: (layout: Layout) => number;
  readonly cell: (row: RowData, look: Look, width: number) => string;
}

const column = (
  en: string,
  ko: string,
  width: number | ((layout: Layout) => number),
  cell: Column['cell'],
): Column => ({
  title: (look) => look.say({ en, ko }),
  width: typeof width === 'number' ? () => width : width,
  cell,
});

const COLUMNS: readonly Column[] = [
  column('CPU %', 'CPU %', 6, (row, look) =>
    orDash(row.runTimeNs, look, (ns) => ((ns / row.elapsedNs) * 100).toFixed(1)),
  ),
  column(
    'on CPUs',
    'CPU',
    (layout) => CPU_COLUMNS[layout],
    (row, look, width) => cpuCell(row, look, width),
  ),
  column('moves', '이동', 6, (row, look) => orDash(row.migrations, look, formatShortCount)),
  column('vol/invol', '자발/비자발', 11, (row, look) =>
    pair(row.voluntarySwitches, row.involuntarySwitches, look),
  ),
  column('delay', '지연', 7, (row, look) => orDash(row.runDelayNs, look, (ns) => delayText(ns, look))),
  column('min/maj', 'min/maj', 10, (row, look) => pair(row.minorFaults, row.majorFaults, look)),
];

export function headerLine(layout: Layout, left: readonly [string, string], look: Look): string {
  const titles = COLUMNS.map((one) => padStart(one.title(look), one.width(layout)));
  return joined(leftCells(layout, left, look), titles);
}

/** @param left what stands in the two columns on the left, already for people */
export function rowLine(layout: Layout, left: readonly [string, string], row: RowData, look: Look): string {
  const values = COLUMNS.map((one) => {
    const width = one.width(layout);
    return padStart(one.cell(row, look, width), width);
  });
  return joined(leftCells(layout, left, look), values);
}

/** A number that is too wide for its column takes from the blanks before it; the line stays readable. */
function joined(left: string, values: readonly string[]): string {
  return [left, ...values].join('  ').trimEnd();
}

function leftCells(layout: Layout, [first, second]: readonly [string, string], look: Look): string {
  const [firstWidth, secondWidth] = LEFT_WIDTHS[layout];
  const cut = cutMiddle(safeName(second), secondWidth, look.unicode);
  return layout === 'one'
    ? `${padEnd(first, firstWidth)}  ${padStart(cut, secondWidth)}`
    : `${padStart(first, firstWidth)}  ${padEnd(cut, secondWidth)}`;
}

/** Never in minutes: the column is narrow, and a sum over many threads may be long. */
function delayText(ns: number, look: Look): string {
  if (ns >= 60e9) return `${Math.round(ns / 1e9)} s`;
  return ns === 0 ? '0' : formatDuration(ns, look.unicode);
}

/** As many CPUs as fit, and how many more: `4,6+3`. */
function cpuCell(row: RowData, look: Look, width: number): string {
  const ids = row.cpus.map((one) => one.cpu);
  if (ids.length === 0) {
    return isMissing(row.runTimeNs) ? dash(look) : look.say({ en: 'idle', ko: '유휴' });
  }
  for (let shown = ids.length; shown > 1; shown -= 1) {
    const text = ids.slice(0, shown).join(',') + (shown < ids.length ? `+${ids.length - shown}` : '');
    if (cells(text) <= width) return text;
  }
  return ids.length > 1 ? `${ids[0]}+${ids.length - 1}` : `${ids[0]}`;
}

function pair(a: Maybe<number>, b: Maybe<number>, look: Look): string {
  return `${orDash(a, look, formatShortCount)}/${orDash(b, look, formatShortCount)}`;
}

export function orDash(value: Maybe<number>, look: Look, format: (value: number) => string): string {
  return isMissing(value) ? dash(look) : format(value);
}

export function dash(look: Look): string {
  return look.unicode ? '—' : '-';
}
