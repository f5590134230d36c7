/** How text for people looks: language, width, colours, drawing characters; and how hostile names are made harmless. */
import pc from 'picocolors';
import stringWidth from 'string-width';
import type { Language, Sentence } from '../../base/sentence.ts';

export interface Look {
  readonly language: Language;
  readonly width: number;
  readonly unicode: boolean;
  readonly colors: ReturnType<typeof pc.createColors>;
  readonly say: (sentence: Sentence) => string;
}

export function createLook(parts: {
  language: Language;
  width: number;
  unicode: boolean;
  colour: boolean;
}): Look {
  return {
    language: parts.language,
    width: parts.width,
    unicode: parts.unicode,
    colors: pc.createColors(parts.colour),
    say: (sentence) => sentence[parts.language],
  };
}

/** Columns of a terminal that the text takes: Korean letters take two, colour codes none. */
export function cells(text: string): number {
  return ONE_CELL_EACH.test(text) ? text.length : stringWidth(text);
}

/** Latin letters, dashes, the ellipsis, boxes and blocks: what our own lines hold. string-width takes 10 ms to begin. */
const ONE_CELL_EACH = /^[\x20-\x7e\xa1-\xac\xae-\xff\u2013-\u2026\u2500-\u259f]*$/;

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - cells(text))) + text;
}

/**
 * A name that somebody else chose (a task, a file, a cgroup), safe to print: control characters, also the eight-bit
 * ones, and characters that turn the direction of writing are shown as escapes.
 */
export function safeName(name: string): string {
  return name.replace(/[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (char) => {
    const code = char.charCodeAt(0);
    if (char === '\n') return '\\n';
    if (char === '\t') return '\\t';
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** The last guard before a terminal: nothing but our own colours may steer it. */
export function withoutControls(line: string): string {
  return line.replace(/\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g, '');
}

/** Cuts the middle of a text that is too wide: for paths, whose ends say most. */
export function cutMiddle(text: string, width: number, unicode: boolean): string {
  if (cells(text) <= width) return text;
  const mark = unicode ? '…' : '..';
  const keep = Math.max(0, width - mark.length);
  const chars = [...text];
  let head = '';
  let tail = '';
  while (cells(head + tail) < keep && chars.length > 0) {
    if (cells(head) <= cells(tail)) head += chars.shift();
    else tail = chars.pop() + tail;
  }
  if (cells(head + tail) > keep) head = [...head].slice(0, -1).join('');
  return head + mark + tail;
}
