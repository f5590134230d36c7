/** Breaking lines at blanks. */
import { cells } from './look.ts';

/** Counts cells, so Korean wraps at the right place. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && cells(line) + 1 + cells(word) > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

/** Parts that must stay whole, with a gap between them, on as few lines as fit. A part that is too wide stands alone. */
export function flow(parts: readonly string[], width: number, gap = '  '): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && cells(last) + gap.length + cells(part) <= width)
      lines[lines.length - 1] = `${last}${gap}${part}`;
    else lines.push(part);
  }
  return lines;
}
