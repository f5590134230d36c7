/** Bars and rows of bars from block characters, with `#` and the like where there is no UTF-8. */
import type { Look } from './look.ts';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const HEIGHTS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII_HEIGHTS = [' ', '.', ':', '-', '=', '+', '*', '#', '@'];

/** A bar from the left, `ratio` of `width` cells long; anything above nothing shows at least a trace. */
export function horizontalBar(ratio: number, width: number, look: Look): string {
  const eighths = Math.min(width * 8, Math.max(ratio > 0 ? 1 : 0, Math.round(ratio * width * 8)));
  if (!look.unicode) return '#'.repeat(Math.ceil(eighths / 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** One cell for each value, its height the value's share of `full`; what is above nothing shows. */
export function barRow(values: readonly number[], full: number, look: Look): string {
  const heights = look.unicode ? HEIGHTS : ASCII_HEIGHTS;
  return values
    .map((value) => {
      const height = Math.min(8, Math.max(value > 0 ? 1 : 0, Math.round((value / full) * 8)));
      return heights[height];
    })
    .join('');
}
