/** How text for people looks: language, width, colours, drawing characters; and how hostile names are made harmless. */
import { stripVTControlCharacters } from 'node:util';
import { eastAsianWidth } from 'get-east-asian-width';
import pc from 'picocolors';
import type { Language, Sentence } from '../../base/sentence.ts';

export { safeName } from '../../base/safe-name.ts';

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

/**
 * Columns of a terminal that the text takes, as wcwidth(3) counts them: Korean letters take two, colour codes and
 * marks on letters none. (The package string-width also joins emoji, and takes 10 ms to begin.)
 */
export function cells(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of stripVTControlCharacters(text)) width += NO_WIDTH.test(char) ? 0 : widthOf(char);
  return width;
}

/** Control characters, marks, joiners; and the vowels and finals of Hangul that go on with the letter before. */
const NO_WIDTH = /[\p{Cc}\p{Cf}\p{Mn}\p{Me}\u1160-\u11ff]/u;

function widthOf(char: string): number {
  return eastAsianWidth(char.codePointAt(0) ?? 0);
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - cells(text))) + text;
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

/** Cuts the end of a text that is too wide: for lines of code, whose beginning says most. */
export function cutEnd(text: string, width: number, unicode: boolean): string {
  if (cells(text) <= width) return text;
  const mark = unicode ? '…' : '..';
  let kept = '';
  for (const char of text) {
    if (cells(kept + char) > width - mark.length) break;
    kept += char;
  }
  return kept + mark;
}
