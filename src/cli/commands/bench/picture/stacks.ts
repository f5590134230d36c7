/** Bars made of parts, such as set-up and work, with a key. */
import type { Chart } from '../../../../experiments/report.ts';
import { FONT_PX, rectAt, type Shape, textAt, textPx } from '../../../output/drawing/shapes.ts';
import type { Look } from '../../../output/look.ts';
import { cellText } from '../cells.ts';

type Stacks = Extract<Chart, { kind: 'stacks' }>;

const ROW_PX = 22;
const LONGEST_PX = 480;
const KEY_PX = 14;
/** Told apart by lightness too. */
const COLOURS = ['#3a77a6', '#d9a441'];

export function stacks(chart: Stacks, look: Look): Shape {
  const names = chart.bars.map(({ name }) => look.say(name));
  const most = Math.max(...chart.bars.map(({ values }) => sum(values ?? [])), Number.MIN_VALUE);
  const labelPx = Math.max(0, ...names.map((name) => textPx(name))) + 10;
  const row = (index: number) => ROW_PX * (index + 2);
  return {
    width: labelPx + LONGEST_PX + 220,
    height: ROW_PX * (chart.bars.length + 2) + 4,
    draw: (x, y) =>
      textAt(x, y + FONT_PX, look.say(chart.title), 'dim') +
      keyOf(chart, look, x + labelPx, y + ROW_PX) +
      chart.bars
        .map(({ values }, i) => {
          const label = textAt(x + labelPx - 8, y + row(i) + 14, names[i] ?? '', 'end');
          return label + barOf(values, chart, LONGEST_PX / most, x + labelPx, y + row(i));
        })
        .join(''),
  };
}

function barOf(values: readonly number[] | null, { unit }: Stacks, pxPerUnit: number, x: number, y: number) {
  if (values === null) return textAt(x, y + 13, '—', 'dim');
  const rects = values.map((value, i) => {
    const left = x + sum(values.slice(0, i)) * pxPerUnit;
    return rectAt(left, y, Math.max(0, value * pxPerUnit), ROW_PX - 6, `fill="${colourOf(i)}"`);
  });
  const texts = values.map((value) => cellText(value, unit, true)).join(' + ');
  return [...rects, textAt(x + Math.max(1, sum(values) * pxPerUnit) + 6, y + 13, texts)].join('');
}

function keyOf({ parts }: Stacks, look: Look, x: number, y: number): string {
  let left = x;
  return parts
    .map((part, i) => {
      const name = look.say(part);
      const at = left;
      left += KEY_PX + textPx(name) + 24;
      return (
        rectAt(at, y, KEY_PX - 4, KEY_PX - 4, `fill="${colourOf(i)}"`) +
        textAt(at + KEY_PX, y + KEY_PX - 5, name)
      );
    })
    .join('');
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#14202b';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + Math.max(0, value), 0);
}
