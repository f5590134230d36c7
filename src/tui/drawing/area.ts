/** Areas under a line: braille dots, two values to a cell and four levels to a row; without UTF-8, marks by height. */
import type { Look } from '../../cli/output/look.ts';

/** Dots of a cell from the bottom up, left and right column. */
const LEFT = [0x40, 0x04, 0x02, 0x01];
const RIGHT = [0x80, 0x20, 0x10, 0x08];
const DOTS = 4;
const ASCII = [' ', '.', ':', '#'];

/** Values that an area of this width shows. */
export function valuesOf(width: number, look: Look): number {
  return look.unicode ? width * 2 : width;
}

/**
 * @param values the newest last, at the right edge; null where nothing is known: that column stays empty
 * @param full what reaches the top
 * @returns `height` rows of `width` cells, the top first
 */
export function areaRows(
  values: readonly (number | null)[],
  { width, height }: { readonly width: number; readonly height: number },
  full: number,
  look: Look,
): string[] {
  const shown = values.slice(-valuesOf(width, look));
  const empty = new Array<null>(valuesOf(width, look) - shown.length).fill(null);
  const levels = [...empty, ...shown].map((value) =>
    levelOf(value, full, height * (look.unicode ? DOTS : 3)),
  );
  return Array.from({ length: height }, (_, row) => {
    const base = height - 1 - row;
    return look.unicode ? brailleRow(levels, base) : asciiRow(levels, base);
  });
}

/** What is above nothing shows at least one dot. */
function levelOf(value: number | null, full: number, most: number): number {
  if (value === null || value <= 0 || full <= 0) return 0;
  return Math.max(1, Math.min(most, Math.round((value / full) * most)));
}

function brailleRow(levels: readonly number[], base: number): string {
  let text = '';
  for (let at = 0; at < levels.length; at += 2) {
    let cell = 0;
    for (let dot = 0; dot < DOTS; dot += 1) {
      if ((levels[at] ?? 0) > base * DOTS + dot) cell |= LEFT[dot] ?? 0;
      if ((levels[at + 1] ?? 0) > base * DOTS + dot) cell |= RIGHT[dot] ?? 0;
    }
    text += cell === 0 ? ' ' : String.fromCharCode(0x2800 + cell);
  }
  return text;
}

function asciiRow(levels: readonly number[], base: number): string {
  return levels.map((level) => ASCII[Math.max(0, Math.min(3, level - base * 3))]).join('');
}

/** The next of 1, 2, 5, 10, 20, ... that holds the value: a scale people can read. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value * 0.999_999) ?? 10) * power;
}
