/** Heat maps of latencies over time: a row for each factor of four, a column for each interval. */
import type { Look } from '../../cli/output/look.ts';
import type { Distribution } from '../../model/watch/distribution.ts';

const SHADES = [' ', '·', '░', '▒', '▓', '█'];
const ASCII = [' ', '.', ':', '+', '#', '@'];
/** The rows: 1 µs to 64 ms, always the same, so that two maps compare. The ends take what is beyond them. */
const FIRST_OCTAVE = 10;
const LAST_OCTAVE = 26;
const LABELS = ['1 µs', '4 µs', '16 µs', '64 µs', '250 µs', '1 ms', '4 ms', '16 ms', '64 ms'];
const LABEL_WIDTH = 7;

/** A row of labels, then cells; the longest latency on top. */
export function heatRows(columns: readonly (Distribution | null)[], width: number, look: Look): string[] {
  const cells = width - LABEL_WIDTH - 1;
  const shown = columns.slice(-cells);
  const blank = ' '.repeat(cells - shown.length);
  return LABELS.map((label, i) => {
    const row = shown.map((one) => shadeOf(one === null ? 0 : countIn(one, i), look)).join('');
    const named = look.unicode ? label : label.replace('µs', 'us');
    return `${named.padStart(LABEL_WIDTH)} ${blank}${row}`;
  }).reverse();
}

export const HEAT_ROWS = LABELS.length;

/** Two octaves to a row, from 2^10 ns (1 µs) on. */
function countIn({ octaves }: Distribution, row: number): number {
  let count = 0;
  for (const [octave, events] of octaves.entries()) {
    const within = Math.min(LAST_OCTAVE, Math.max(FIRST_OCTAVE, octave));
    if (Math.floor((within - FIRST_OCTAVE) / 2) === row) count += events;
  }
  return count;
}

/** By powers of four: one event already shows. */
function shadeOf(count: number, look: Look): string {
  const shades = look.unicode ? SHADES : ASCII;
  const step = count === 0 ? 0 : 1 + Math.floor(Math.log2(count) / 2);
  return shades[Math.min(shades.length - 1, step)] ?? ' ';
}
