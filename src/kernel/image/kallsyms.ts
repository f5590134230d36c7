/**
 * /proc/kallsyms: the kernel's functions and where they are. Without privilege all addresses are shown as zero.
 *
 * More than a hundred thousand lines, of which few are ever asked for: the text stays, with a column of addresses beside
 * it, because as many objects would cost ten times the time and 50 MB.
 */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';

/** Functions in the order of the file, as columns. */
export interface KernelFunctions {
  /** As signed 64-bit values, so that numbers hold them exactly: kernel addresses are the upmost ones. */
  readonly addresses: Float64Array;
  /** `name`, or `name [module]`, of the function at an index. */
  readonly nameOf: (index: number) => string;
}

export const kernelFunctions = fileReader({
  path: '/proc/kallsyms',
  doc: 'man 5 proc_kallsyms',
  capture: 'never', // holds addresses
  parse: parseKallsyms,
});

const LINE = /^([0-9a-f]{8,16}) ([a-zA-Z]) (\S+)(?:\t\[(\S+)\])?$/;
const [BLANK, ZERO, NINE] = [0x20, 0x30, 0x39];
/** Types t, T, w, W: code. */
const FUNCTION_TYPES: ReadonlySet<number> = new Set([0x74, 0x54, 0x77, 0x57]);

/** @throws FormatError for a line of another form, and where the addresses are hidden (kernel.kptr_restrict) */
function parseKallsyms(text: string): KernelFunctions {
  const addresses: number[] = [];
  const starts: number[] = [];
  let line = 0;
  for (let start = 0; start < text.length; ) {
    line += 1;
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const blank = text.charCodeAt(start + 16) === BLANK ? start + 16 : start + 8;
    if (end > start && !isPlain(text, start, blank, end)) check(text.slice(start, end), line);
    if (FUNCTION_TYPES.has(text.charCodeAt(blank + 1))) {
      addresses.push(signedAddress(text, start, blank));
      starts.push(blank + 3);
    }
    start = end + 1;
  }
  if (addresses.every((address) => address === 0))
    throw new FormatError('addresses; kernel.kptr_restrict hides them from this user', 'only zeros');
  return { addresses: Float64Array.from(addresses), nameOf: (i) => nameAt(text, starts[i] ?? text.length) };
}

/** Eight or sixteen digits, a type and a name: what every line looks like. What does not is looked at closely. */
function isPlain(text: string, start: number, blank: number, end: number): boolean {
  for (let i = start; i < blank; i += 1) if (digit(text.charCodeAt(i)) > 15) return false;
  return text.charCodeAt(blank) === BLANK && text.charCodeAt(blank + 2) === BLANK && blank + 3 < end;
}

function check(content: string, line: number): void {
  const digits = LINE.exec(content)?.[1]?.length;
  if (digits !== 8 && digits !== 16) throw new FormatError('an address, a type and a name', content, line);
}

function digit(code: number): number {
  if (code <= NINE) return code >= ZERO ? code - ZERO : 16;
  return code >= 0x61 ? code - 0x57 : 16;
}

function signedAddress(text: string, start: number, end: number): number {
  let high = 0;
  let low = 0;
  for (let i = start; i < end; i += 1) {
    if (end - i > 8) high = (high << 4) | digit(text.charCodeAt(i));
    else low = (low << 4) | digit(text.charCodeAt(i));
  }
  return high * 0x1_0000_0000 + (low >>> 0);
}

function nameAt(text: string, start: number): string {
  const newline = text.indexOf('\n', start);
  return text.slice(start, newline < 0 ? undefined : newline).replace('\t', ' ');
}
