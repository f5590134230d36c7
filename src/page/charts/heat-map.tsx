/** How long single waits or faults took, over time: a column for each frame, a row for each power of two. */
import { useEffect, useRef } from 'preact/hooks';
import { isMissing, type Maybe } from '../../base/missing.ts';
import type { Distribution } from '../../model/watch/distribution.ts';
import { language } from '../language.ts';
import { colourOf } from './colour.ts';

/** 1 us to 64 ms and above: the same rows on every map, so that two can be compared. */
const FIRST_OCTAVE = 10;
const ROWS = 17;
const ROW_LABELS = ['64 ms', '4 ms', '250 µs', '16 µs', '1 µs'];
const COLUMNS = 120;
const SHADES = 7;

export interface HeatMapProps {
  readonly columns: readonly Maybe<Distribution>[];
  readonly label: string;
  readonly from: string;
  readonly to: string;
  /** The columns fill the width, however many there are; else they come in from the right. */
  readonly isWhole?: boolean;
}

export function HeatMap({ columns, label, from, to, isWhole = false }: HeatMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const shown = columns.slice(-COLUMNS);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element && context) draw(context, shown, isWhole ? shown.length : COLUMNS);
  });
  return (
    <div class="heat">
      <div class="rows" aria-hidden="true">
        {ROW_LABELS.map((text) => (
          <span key={text}>{text}</span>
        ))}
      </div>
      <canvas
        ref={canvas}
        width={COLUMNS * 4}
        height={ROWS * 8}
        role="img"
        aria-label={`${label}: ${spoken(shown)}`}
      />
      <div class="ends">
        <span>{from}</span>
        <span>{to}</span>
      </div>
    </div>
  );
}

/** @param room how many columns fill the width */
function draw(
  context: CanvasRenderingContext2D,
  columns: readonly Maybe<Distribution>[],
  room: number,
): void {
  const shades = Array.from({ length: SHADES }, (_, i) => colourOf(`--h${i + 1}`));
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  const rows = columns.map(rowsOf);
  const most = Math.max(1, ...rows.flat());
  const [columnWidth, rowHeight] = [width / room, height / ROWS];
  rows.forEach((column, i) => {
    column.forEach((count, row) => {
      if (count === 0) return;
      // By the logarithm: one of a million is still to be seen.
      const shade = Math.min(SHADES - 1, Math.floor((Math.log(1 + count) / Math.log(1 + most)) * SHADES));
      context.fillStyle = shades[shade] ?? '';
      const x = (room - columns.length + i) * columnWidth;
      context.fillRect(x, (ROWS - 1 - row) * rowHeight, columnWidth, rowHeight - 0.5);
    });
  });
}

/** Below the first row and above the last one are counted in these. */
function rowsOf(column: Maybe<Distribution>): readonly number[] {
  const rows = new Array<number>(ROWS).fill(0);
  if (isMissing(column)) return rows;
  column.octaves.forEach((count, octave) => {
    const row = Math.min(ROWS - 1, Math.max(0, octave - FIRST_OCTAVE));
    rows[row] = (rows[row] ?? 0) + count;
  });
  return rows;
}

function spoken(columns: readonly Maybe<Distribution>[]): string {
  const known = columns.filter((column): column is Distribution => !isMissing(column));
  const events = known.reduce((sum, column) => sum + column.events, 0);
  const longest = Math.max(0, ...known.map((column) => column.octaves.length));
  if (language.value === 'ko') return `${events}건, 가장 긴 것은 2^${longest} ns 미만`;
  return `${events} events, the longest below 2^${longest} ns`;
}
