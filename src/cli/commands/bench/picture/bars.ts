/** Named bars with their values. */
import type { Chart } from '../../../../experiments/report.ts';
import { FONT_PX, rectAt, type Shape, textAt, textPx } from '../../../output/drawing/shapes.ts';
import type { Look } from '../../../output/look.ts';
import { cellText } from '../cells.ts';

type Bars = Extract<Chart, { kind: 'bars' }>;

const ROW_PX = 22;
const LONGEST_PX = 520;

export function bars(chart: Bars, look: Look): Shape {
  const most = Math.max(...chart.bars.map(({ value }) => value), Number.MIN_VALUE);
  const labelPx = Math.max(0, ...chart.bars.map(({ name }) => textPx(name))) + 10;
  const row = (index: number) => ROW_PX * (index + 1);
  return {
    width: labelPx + LONGEST_PX + 110,
    height: ROW_PX * (chart.bars.length + 1) + 4,
    draw: (x, y) =>
      textAt(x, y + FONT_PX, look.say(chart.title), 'dim') +
      chart.bars
        .map(({ name, value }, i) => {
          const width = Math.max(1, (value / most) * LONGEST_PX);
          const text = cellText(value, chart.unit, true);
          return [
            textAt(x + labelPx - 8, y + row(i) + 14, name, 'end'),
            rectAt(x + labelPx, y + row(i), width, ROW_PX - 6, 'rx="2" fill="#3a77a6"'),
            textAt(x + labelPx + width + 6, y + row(i) + 13, text),
          ].join('');
        })
        .join(''),
  };
}
