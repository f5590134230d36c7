/** Lines of an exact width: every panel is a rectangle, whatever is in it. */
import { cells, cutEnd, type Look, padEnd, padStart } from '../../cli/output/look.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Cut or filled with blanks. @param text without colours: they are put on afterwards */
export function fitted(text: string, width: number, look: Look): string {
  return padEnd(cutEnd(text, width, look.unicode), width);
}

export function fittedRight(text: string, width: number, look: Look): string {
  return padStart(cutEnd(text, width, look.unicode), width);
}

/** `─ title ─────────` over the whole width. */
export function titleLine(title: string, width: number, look: Look, isFocused = false): string {
  const rule = look.unicode ? '─' : '-';
  const text = cutEnd(` ${title} `, Math.max(0, width - 1), look.unicode);
  const rest = rule.repeat(Math.max(0, width - 1 - cells(text)));
  return isFocused
    ? `${look.colors.dim(rule)}${look.colors.bold(text)}${look.colors.dim(rest)}`
    : look.colors.dim(`${rule}${text}${rest}`);
}

/** A rectangle of these lines: what is too much is cut, what lacks is blank. */
export function boxed(lines: readonly string[], { width, height }: Size): string[] {
  return Array.from({ length: height }, (_, i) => lines[i] ?? ' '.repeat(width));
}

/** Rectangles of the same height side by side, a blank between them. */
export function beside(...boxes: readonly (readonly string[])[]): string[] {
  return (boxes[0] ?? []).map((_, i) => boxes.map((box) => box[i] ?? '').join(' '));
}
