/**
 * The file in which a JIT compiler names the code it makes: `START SIZE name` a line, in hexadecimal
 * (tools/perf/Documentation/jit-interface.txt). Node.js writes it with --perf-basic-prof, a JVM with an agent.
 */
import { type SymbolRange, SymbolTable } from './symbol-table.ts';

const LINE = /^(?:0x)?([0-9a-f]{1,16}) (?:0x)?([0-9a-f]{1,16}) (.+)$/i;

/**
 * The file is written while we read it, so a line that is cut off is left out. Code is moved and memory used again: a
 * later line counts before an earlier one.
 */
export function parsePerfMap(text: string): SymbolTable {
  const ranges: SymbolRange[] = [];
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, start, bytes, name] = match as unknown as [string, string, string, string];
    ranges.push({
      start: Number.parseInt(start, 16),
      bytes: Number.parseInt(bytes, 16),
      limit: 0,
      rank: -ranges.length,
      name: () => name,
    });
  }
  return new SymbolTable(ranges, 'latest');
}
