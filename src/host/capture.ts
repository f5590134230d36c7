/**
 * The capture file: one machine, or a few moments of one, as a text that a reviewer can read.
 *
 *     keel-capture 1
 *     fact pageBytes 4096
 *     moment 123456789012
 *     file /sys/devices/system/cpu/online
 *     |0-63
 *     link /sys/devices/system/cpu/cpu0/node0
 *     |../../node/node0\
 *     missing denied /proc/1/numa_maps EACCES
 *
 * Lines of a text start with `|`; a backslash after the last one says that it had no final newline (backslashes of the
 * text itself are doubled). `moment` starts a further reading of the same machine; its number is CLOCK_MONOTONIC.
 */
import { FormatError } from '../base/errors.ts';
import { isMissing, MISSING_REASONS, type MissingReason, missing } from '../base/missing.ts';
import { type Facts, NO_FACTS } from './facts.ts';
import type { Entry } from './memory.ts';
import type { ReaderKind } from './reader.ts';

const HEADER = 'keel-capture 1';
/** Of a file that is something else. */
const SHOWN_LETTERS = 24;

export interface Moment {
  readonly monotonicNs: bigint;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Capture {
  readonly facts: Facts;
  /** In the order of time; at least one. */
  readonly moments: readonly Moment[];
}

export function renderCapture(capture: Capture): string {
  const lines = [HEADER];
  for (const [name, value] of Object.entries(capture.facts))
    if (value !== null) lines.push(`fact ${name} ${value}`);
  for (const moment of capture.moments) {
    lines.push(`moment ${moment.monotonicNs}`);
    for (const [path, entry] of [...moment.entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const name = escapePath(path);
      if (isMissing(entry))
        lines.push(`missing ${entry.missing} ${name}${entry.detail ? ` ${entry.detail}` : ''}`);
      else lines.push(`${entry.kind} ${name}`, ...quote(entry.text));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** @throws FormatError naming the line */
export function parseCapture(text: string): Capture {
  const lines = text.split('\n');
  if (lines[0] !== HEADER) throw new FormatError(`"${HEADER}"`, (lines[0] ?? '').slice(0, SHOWN_LETTERS));
  if (lines.at(-1) !== '')
    throw new FormatError('a whole line: the file is cut off', lines.at(-1) ?? '', lines.length);
  const facts: Record<string, unknown> = { ...NO_FACTS };
  const moments: { monotonicNs: bigint; entries: Map<string, Entry> }[] = [];
  for (let at = 1; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '' && at === lines.length - 1) break;
    const [word = '', name = '', ...rest] = line.split(' ');
    const entries = moments.at(-1)?.entries;
    if (word === 'fact') facts[name] = parseFact(name, rest.join(' '), at + 1);
    else if (word === 'moment' && /^\d+$/.test(name))
      moments.push({ monotonicNs: BigInt(name), entries: new Map() });
    else if (word === 'missing' && entries && rest[0] && isReason(name)) {
      entries.set(
        unescapePath(rest[0]),
        missing(name, unescapePath(rest[0]), rest.slice(1).join(' ') || undefined),
      );
    } else if ((word === 'file' || word === 'list' || word === 'link') && entries && rest.length === 0) {
      const quoted: string[] = [];
      while (lines[at + 1]?.startsWith('|')) quoted.push(lines[++at] as string);
      entries.set(unescapePath(name), { kind: word as ReaderKind, text: unquote(quoted) });
    } else throw new FormatError('a line of a capture', line, at + 1);
  }
  if (moments.length === 0) throw new FormatError('a moment', '', lines.length);
  return { facts: facts as unknown as Facts, moments };
}

function parseFact(name: string, value: string, line: number): string | number | boolean {
  if (name === 'release' || name === 'arch' || name === 'bootId') return value;
  if (name === 'littleEndian' && (value === 'true' || value === 'false')) return value === 'true';
  if ((name === 'pageBytes' || name === 'ticksPerSec') && /^[1-9]\d*$/.test(value)) return Number(value);
  throw new FormatError('a fact', `${name} ${value}`, line);
}

function isReason(word: string): word is MissingReason {
  return (MISSING_REASONS as readonly string[]).includes(word);
}

function quote(text: string): string[] {
  if (text === '') return [];
  const ended = text.endsWith('\n');
  const lines = (ended ? text.slice(0, -1) : text)
    .split('\n')
    .map((line) => `|${line.replaceAll('\\', '\\\\')}`);
  if (!ended) lines.push(`${lines.pop()}\\`);
  return lines;
}

function unquote(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const last = lines.at(-1) ?? '';
  const unended = /(?:^|[^\\])(?:\\\\)*\\$/.test(last);
  const texts = lines.map((line, i) =>
    unended && i === lines.length - 1 ? line.slice(1, -1) : line.slice(1),
  );
  return texts.map((line) => line.replaceAll('\\\\', '\\')).join('\n') + (unended ? '' : '\n');
}

/** Paths hold cgroup names, which may hold anything but a slash: blanks and line breaks are written as %XX. */
function escapePath(path: string): string {
  return path.replace(/[%\s\x00-\x1f\x7f]/g, (char) => encodeURIComponent(char));
}

function unescapePath(path: string): string {
  return path.replace(/(?:%[0-9A-F]{2})+/g, (codes) => {
    try {
      return decodeURIComponent(codes);
    } catch {
      return codes;
    }
  });
}
