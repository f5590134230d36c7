/** How kernel texts are cut: numbers, `key value` lines, `Key: value kB` lines. */
import { CpuSet } from '../base/cpu-set.ts';
import { FormatError } from '../base/errors.ts';
import { KIB } from '../base/units.ts';

/** A whole number, within what a JavaScript number holds exactly. @throws FormatError */
export function wholeNumber(text: string | undefined, line = 1): number {
  const trimmed = text?.trim() ?? '';
  const value = Number(trimmed);
  if (!/^-?\d+$/.test(trimmed) || !Number.isSafeInteger(value))
    throw new FormatError('a whole number', trimmed, line);
  return value;
}

/** A 64-bit number of any sign. @throws FormatError */
export function bigNumber(text: string | undefined, line = 1): bigint {
  const trimmed = text?.trim() ?? '';
  if (!/^-?\d{1,20}$/.test(trimmed)) throw new FormatError('a whole number', trimmed, line);
  return BigInt(trimmed);
}

/** A hexadecimal number without prefix, such as a mask of capabilities. @throws FormatError */
export function hexNumber(text: string, line = 1): bigint {
  if (!/^[0-9a-f]{1,16}$/i.test(text)) throw new FormatError('a hexadecimal number', text, line);
  return BigInt(`0x${text}`);
}

/** A decimal number such as "1.50". @throws FormatError */
export function decimalNumber(text: string | undefined, line = 1): number {
  const trimmed = text?.trim() ?? '';
  if (!/^-?\d+(?:\.\d+)?$/.test(trimmed)) throw new FormatError('a decimal number', trimmed, line);
  return Number(trimmed);
}

/** The lines of a text with their 1-based numbers, without empty ones. */
export function numberedLines(text: string): { line: number; text: string }[] {
  return text
    .split('\n')
    .map((content, i) => ({ line: i + 1, text: content }))
    .filter((entry) => entry.text.trim() !== '');
}

/** `key number` lines, as in vmstat and cgroup files. Lines of another shape are ignored: kernels add them. */
export function keyedCounters(text: string): ReadonlyMap<string, bigint> {
  const counters = new Map<string, bigint>();
  for (const entry of numberedLines(text)) {
    const match = /^(\S+)\s+(\d{1,20})$/.exec(entry.text.trim());
    if (match) counters.set(match[1] as string, BigInt(match[2] as string));
  }
  return counters;
}

/** `Key: value` lines, as in status and meminfo; the value is trimmed. */
export function colonPairs(text: string): ReadonlyMap<string, { line: number; value: string }> {
  const pairs = new Map<string, { line: number; value: string }>();
  // Read for every thread of the machine, so no lines are made of what is cut into keys and values anyway.
  for (let line = 1, start = 0; start < text.length; line += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const colon = text.indexOf(':', start);
    if (colon < 0) break;
    if (colon > start && colon < end) {
      pairs.set(text.slice(start, colon).trim(), { line, value: text.slice(colon + 1, end).trim() });
    }
    start = end + 1;
  }
  return pairs;
}

/** `123 kB`, which means KiB, as bytes. @throws FormatError */
export function kibToBytes(entry: { line: number; value: string }): number {
  const match = /^(\d+)(?: kB)?$/.exec(entry.value);
  if (!match) throw new FormatError('a size in kB', entry.value, entry.line);
  return Number(match[1]) * KIB;
}

/** A file that holds one cpulist. The kernel writes "(null)" for a feature that is off. @throws FormatError */
export function cpulist(text: string): CpuSet {
  const list = withoutPadding(text);
  return list === '(null)' ? CpuSet.EMPTY : CpuSet.parseList(list);
}

/** A file that holds one cpumask. @throws FormatError */
export function cpumask(text: string): CpuSet {
  return CpuSet.parseMask(withoutPadding(text));
}

/** Some kernels (5.15 on arm64 was seen to) write NUL bytes behind lists and masks. */
function withoutPadding(text: string): string {
  return text.replace(/[\s\0]+$/, '').trimStart();
}

/** The numbers of entries such as `cpu12` or `node3` in a folder, ascending. */
export function numberedNames(text: string, prefix: string): readonly number[] {
  const pattern = new RegExp(`^${prefix}(\\d+)$`);
  return text
    .split('\n')
    .map((name) => pattern.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}
