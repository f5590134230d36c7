/** Values over time. The screen reader gets the last value and the range instead of the picture. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clockText } from '../format.ts';
import { colourOf } from './colour.ts';

export interface Line {
  readonly label: string;
  /** A colour of tokens.css: `--fault`. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  /** Of another time, laid over it. */
  readonly isDashed?: boolean;
}

export interface LineChartProps {
  /** Seconds of the wall clock, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** Of the ticks below; the time of day where nothing else is given. */
  readonly formatTime?: (unixMs: number) => string;
  readonly label: string;
}

const HEIGHT = 130;

export function LineChart({ times, lines, format, formatTime = clockText, label }: LineChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shape = lines.map((line) => `${line.label}${line.colour}`).join();
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const options = optionsFor(element.clientWidth, lines, format, formatTime);
    const made = new uPlot(options, dataOf(times, lines), element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(dataOf(times, lines)), [times, lines]);
  return <div ref={box} role="img" aria-label={`${label}: ${spoken(lines, format)}`} />;
}

function dataOf(times: readonly number[], lines: readonly Line[]): uPlot.AlignedData {
  return [times as number[], ...lines.map((line) => line.values as (number | null)[])];
}

function spoken(lines: readonly Line[], format: (value: number) => string): string {
  return lines
    .map(({ label, values }) => {
      const known = values.filter((value) => value !== null);
      const last = known.at(-1);
      return last === undefined
        ? `${label} —`
        : `${label} ${format(last)}, max ${format(Math.max(...known))}`;
    })
    .join('; ');
}

function optionsFor(
  width: number,
  lines: readonly Line[],
  format: (value: number) => string,
  formatTime: (unixMs: number) => string,
): uPlot.Options {
  const colour = (name: string) => () => colourOf(name);
  const axis = {
    stroke: colour('--ink3'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    // The last tick has room for all of its time.
    padding: [8, 30, 0, 0],
    legend: { show: false },
    cursor: { y: false },
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] } },
    axes: [
      { ...axis, size: 26, values: (_, ticks) => ticks.map((tick) => formatTime(tick * 1000)) },
      { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => format(tick)) },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: colour(line.colour),
        width: 1.6,
        ...(line.isDashed === true ? { dash: [4, 4], alpha: 0.75 } : {}),
        points: { show: false },
        spanGaps: false,
      })),
    ],
  };
}
