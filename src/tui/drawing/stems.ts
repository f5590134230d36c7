/** Stems over time: single events, each as high as it was long, with a letter on top. */
import type { Look } from '../../cli/output/look.ts';

export interface Stem {
  /** 0 at the left edge, 1 at the right one. */
  readonly at: number;
  /** 0 to 1. */
  readonly height: number;
  readonly letter: string;
}

/** Of several in one column the highest. @returns `height` rows of `width` cells, the top first */
export function stemRows(
  stems: readonly Stem[],
  { width, height }: { readonly width: number; readonly height: number },
  look: Look,
): string[] {
  const columns = new Array<Stem | undefined>(width).fill(undefined);
  for (const stem of stems) {
    const column = Math.max(0, Math.min(width - 1, Math.floor(stem.at * width)));
    if ((columns[column]?.height ?? -1) < stem.height) columns[column] = stem;
  }
  const topOf = (stem: Stem) => Math.max(0, Math.min(height - 1, Math.round(stem.height * (height - 1))));
  const line = look.unicode ? '│' : '|';
  return Array.from({ length: height }, (_, row) => {
    const level = height - 1 - row;
    return columns
      .map((stem) => {
        if (stem === undefined || topOf(stem) < level) return ' ';
        return topOf(stem) === level ? stem.letter : line;
      })
      .join('');
  });
}
