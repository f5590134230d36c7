/** Series over an axis, with marks on it. Each line ends in its name; lines differ in dashes too. */
import type { Chart, Series } from '../../../../experiments/report.ts';
import { round, type Shape, textAt } from '../../../output/drawing/shapes.ts';
import type { Look } from '../../../output/look.ts';
import { cellText } from '../cells.ts';
import { pixelAt, type Scale, ticksOf } from './axis.ts';

type Lines = Extract<Chart, { kind: 'lines' }>;

const PLOT = { left: 78, top: 26, width: 760, height: 360 } as const;
const NAME_PX = 130;
const BELOW_PX = 44;
/** Distinct in lightness too; with more series they repeat, and the names tell. */
const COLOURS = ['#0b5cad', '#ad5400', '#06583d', '#b0203a', '#433781', '#00616f', '#6a7680', '#b08b31'];
const DASHES = ['', '6 3', '2 3', '8 3 2 3'];
/** More names would lie on each other. */
const MOST_NAMED = 24;

export function lines(chart: Lines, look: Look): Shape {
  const points = chart.series.flatMap((series) => series.points);
  const x = scaleOf(
    chart.x.isLog,
    points.map((point) => point.x),
    [PLOT.left, PLOT.left + PLOT.width],
    true,
  );
  const y = scaleOf(
    chart.y.isLog,
    points.map((point) => point.y),
    [PLOT.top + PLOT.height, PLOT.top],
    false,
  );
  const draw = (left: number, top: number) =>
    `<g transform="translate(${round(left)} ${round(top)})">${[
      grid(chart, x, y, look),
      marks(chart, x),
      ...chart.series.map((series, i) => line(series, i, x, y)),
      names(chart.series, y),
    ].join('')}</g>`;
  return {
    width: PLOT.left + PLOT.width + NAME_PX,
    height: PLOT.top + PLOT.height + BELOW_PX,
    draw,
  };
}

/** An axis that does not begin at its least value begins at 0, or, logarithmic, a tenth lower. */
function scaleOf(
  isLog: boolean,
  values: readonly number[],
  pixels: readonly [number, number],
  tight: boolean,
): Scale {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (tight) return { isLog, from: least, to: most > least ? most : least * 2, pixels };
  return isLog
    ? { isLog, from: least / 1.2, to: most * 1.2, pixels }
    : { isLog, from: 0, to: most * 1.1 || 1, pixels };
}

function grid(chart: Lines, x: Scale, y: Scale, look: Look): string {
  const bottom = PLOT.top + PLOT.height;
  const right = PLOT.left + PLOT.width;
  const columns = ticksOf(x, chart.x.unit === 'bytes').map((value) => {
    const at = pixelAt(x, value);
    return (
      rule(at, PLOT.top, at, bottom) + textAt(at, bottom + 16, cellText(value, chart.x.unit, true), 'mid')
    );
  });
  const rows = ticksOf(y, chart.y.unit === 'bytes').map((value) => {
    const at = pixelAt(y, value);
    return (
      rule(PLOT.left, at, right, at) +
      textAt(PLOT.left - 6, at + 4, cellText(value, chart.y.unit, true), 'end')
    );
  });
  return [
    ...columns,
    ...rows,
    textAt(PLOT.left + PLOT.width / 2, bottom + 36, look.say(chart.x.title), 'mid'),
    textAt(PLOT.left, PLOT.top - 10, look.say(chart.y.title), 'dim'),
  ].join('');
}

function rule(x1: number, y1: number, x2: number, y2: number, attributes = 'stroke="#e1e6ea"'): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${attributes}/>`;
}

/** Told sizes: a dashed line with its name, where the chart reaches it. */
function marks(chart: Lines, x: Scale): string {
  const seen = new Set<string>();
  return chart.marks
    .filter(({ x: value, name }) => {
      const key = `${name} ${value}`;
      if (value < x.from || value > x.to || seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .map(({ x: value, name }) => {
      const at = pixelAt(x, value);
      const line = rule(at, PLOT.top, at, PLOT.top + PLOT.height, 'stroke="#8b95a0" stroke-dasharray="3 3"');
      return line + textAt(at + 4, PLOT.top + 14, name, 'dim');
    })
    .join('');
}

function line({ points }: Series, index: number, x: Scale, y: Scale): string {
  const path = points.map((point) => `${round(pixelAt(x, point.x))},${round(pixelAt(y, point.y))}`).join(' ');
  const dash = DASHES[Math.floor(index / COLOURS.length) % DASHES.length];
  const dashed = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<polyline points="${path}" fill="none" stroke="${colourOf(index)}" stroke-width="2"${dashed}/>`;
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#14202b';
}

/** At the ends of the lines, moved apart where they meet. */
function names(series: readonly Series[], y: Scale): string {
  const right = PLOT.left + PLOT.width;
  const ends = series
    .map(({ name, points }, index) => ({ name, index, at: pixelAt(y, points.at(-1)?.y ?? y.from) }))
    .sort((a, b) => a.at - b.at)
    .slice(0, MOST_NAMED);
  let lowest = Number.NEGATIVE_INFINITY;
  return ends
    .map(({ name, index, at }) => {
      lowest = Math.max(at, lowest + 14);
      const key = rule(right + 6, lowest, right + 18, lowest, `stroke="${colourOf(index)}" stroke-width="3"`);
      return key + textAt(right + 22, lowest + 4, name);
    })
    .join('');
}
