/** Upright bars of several rows, an eighth of a row at a time. */
import type { Look } from '../../cli/output/look.ts';

const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII = [' ', '.', '.', ':', ':', '=', '=', '#', '#'];

/**
 * @param ratios 0 to 1
 * @param widths cells of each bar; one more cell stays empty behind it
 * @returns `height` rows, the top first
 */
export function columnRows(
  ratios: readonly number[],
  widths: { readonly bar: number; readonly gap: number },
  height: number,
  look: Look,
): string[] {
  const levels = ratios.map((ratio) =>
    ratio <= 0 ? 0 : Math.max(1, Math.min(height * 8, Math.round(ratio * height * 8))),
  );
  return Array.from({ length: height }, (_, row) => {
    const base = (height - 1 - row) * 8;
    return levels
      .map((level) => {
        const mark = (look.unicode ? EIGHTHS : ASCII)[Math.max(0, Math.min(8, level - base))] ?? ' ';
        return mark.repeat(widths.bar) + ' '.repeat(widths.gap);
      })
      .join('');
  });
}
