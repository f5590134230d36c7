/** Late moments over time as a heat map: time to the right, length upwards by powers of two, darker is more of them. */
import { SHADES, svgDocument, svgText } from './svg.ts';

export interface HeatMoment {
  /** After the begin. */
  readonly fromNs: number;
  readonly lateNs: number;
}

export interface HeatTexts {
  readonly title: string;
  /** Of a length, for the rows. */
  readonly length: (ns: number) => string;
}

const COLUMNS = 60;
const CELL_PX = 11;
const ROW_PX = 16;
const LEFT_PX = 80;
const TOP_PX = 26;
const BELOW_PX = 22;

/** @param leastNs the shortest that counts as a moment. @returns null where there was none */
export function momentsSvg(
  moments: readonly HeatMoment[],
  elapsedNs: number,
  leastNs: number,
  { title, length }: HeatTexts,
): string | null {
  if (moments.length === 0 || elapsedNs <= 0) return null;
  const rowOf = (ns: number) => Math.max(0, Math.floor(Math.log2(ns / leastNs)));
  const rows = Math.max(...moments.map(({ lateNs }) => rowOf(lateNs))) + 1;
  const counts = new Map<number, number>();
  for (const { fromNs, lateNs } of moments) {
    const column = Math.min(COLUMNS - 1, Math.max(0, Math.floor((fromNs / elapsedNs) * COLUMNS)));
    const cell = rowOf(lateNs) * COLUMNS + column;
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  const [width, height] = [LEFT_PX + COLUMNS * CELL_PX + 20, TOP_PX + rows * ROW_PX + BELOW_PX];
  const top = (row: number) => TOP_PX + (rows - 1 - row) * ROW_PX;
  const cells = [...counts].map(([cell, count]) => {
    const [row, column] = [Math.floor(cell / COLUMNS), cell % COLUMNS];
    return `<rect x="${LEFT_PX + column * CELL_PX}" y="${top(row)}" width="${CELL_PX - 1}" height="${ROW_PX - 1}" class="${shadeOf(count, most)}"/>`;
  });
  const labels = Array.from({ length: rows }, (_, row) =>
    svgText(LEFT_PX - 6, top(row) + 12, `≥ ${length(leastNs * 2 ** row)}`, 'end'),
  );
  const bottom = TOP_PX + rows * ROW_PX;
  return svgDocument({ width, height }, [
    svgText(LEFT_PX, 15, title, 'start'),
    `<rect class="field" x="${LEFT_PX}" y="${TOP_PX}" width="${COLUMNS * CELL_PX}" height="${rows * ROW_PX}"/>`,
    ...cells,
    ...labels,
    svgText(LEFT_PX, bottom + 15, '0', 'start'),
    svgText(LEFT_PX + COLUMNS * CELL_PX, bottom + 15, length(elapsedNs), 'end'),
  ]);
}

function shadeOf(count: number, most: number): string {
  const level =
    most === 1 ? SHADES.length - 1 : Math.floor((Math.log(count) / Math.log(most)) * (SHADES.length - 1));
  return SHADES[level] ?? 'shade4';
}
