/** A square of times as a heat map: dark is far. Numbers stand in the cells as long as they fit. */
import type { Chart } from '../../../../experiments/report.ts';
import { escapeXml, FONT_PX, rectAt, type Shape, textAt } from '../../../output/drawing/shapes.ts';
import type { Look } from '../../../output/look.ts';

type Heat = Extract<Chart, { kind: 'heat' }>;

/** Few to many; lightness falls evenly, so it survives greys. */
const STEPS = ['#e3edf4', '#c3d9e8', '#97bdd8', '#659bc2', '#3a77a6', '#1f5480', '#0f3355'];
const LABEL_PX = 34;
/** With more CPUs than this, cells hold no numbers. */
const MOST_NUMBERED = 40;

export function heat({ matrix, title }: Heat, look: Look): Shape {
  const { labels, ns } = matrix;
  const cellPx = labels.length <= MOST_NUMBERED ? 30 : Math.max(4, Math.floor(1200 / labels.length));
  const values = ns.flat().filter((value) => value !== null);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const step = (value: number) =>
    most > least
      ? Math.min(
          STEPS.length - 1,
          Math.floor((Math.log(value / least) / Math.log(most / least)) * STEPS.length),
        )
      : 0;
  const side = cellPx * labels.length;
  const cell = (x: number, y: number, row: number, column: number) => {
    const value = ns[row]?.[column] ?? null;
    if (value === null) return '';
    const [left, top, shade] = [x + LABEL_PX + column * cellPx, y + LABEL_PX + row * cellPx, step(value)];
    const name = escapeXml(`CPU ${labels[row]} - CPU ${labels[column]}: ${value.toFixed(1)} ns`);
    const number =
      cellPx < 30
        ? ''
        : textAt(
            left + cellPx / 2,
            top + cellPx / 2 + 4,
            `${Math.round(value)}`,
            shade > 3 ? 'light' : 'mid',
          );
    return `<g><title>${name}</title>${rectAt(left, top, cellPx - 1, cellPx - 1, `fill="${STEPS[shade]}"`)}${number}</g>`;
  };
  return {
    width: LABEL_PX + side,
    height: LABEL_PX + side + 40,
    draw: (x, y) =>
      [
        ...axisLabels(labels, cellPx, x, y),
        ...labels.flatMap((_, row) => labels.map((__, column) => cell(x, y, row, column))),
        textAt(x + LABEL_PX, y + LABEL_PX + side + 18, look.say(title), 'dim'),
        textAt(
          x + LABEL_PX,
          y + LABEL_PX + side + 34,
          `${Math.round(least)} - ${Math.round(most)} ns`,
          'dim',
        ),
      ].join(''),
  };
}

/** Every one that has room. */
function axisLabels(labels: readonly number[], cellPx: number, x: number, y: number): string[] {
  const every = Math.ceil((FONT_PX * 1.6) / cellPx);
  return labels.flatMap((cpu, i) => {
    if (i % every !== 0) return [];
    const middle = LABEL_PX + i * cellPx + cellPx / 2;
    return [
      textAt(x + middle, y + LABEL_PX - 6, `${cpu}`, 'mid'),
      textAt(x + LABEL_PX - 6, y + middle + 4, `${cpu}`, 'end'),
    ];
  });
}
