/** The functions of the kernel, from its own list. */
import type { KernelSymbol } from '../kernel/image/kallsyms.ts';
import { SymbolTable } from './symbol-table.ts';

/** The list has no sizes: a function reaches to the next symbol. The last one of a module would reach far. */
const LONGEST_BYTES = 1024 * 1024;

export function kernelSymbolTable(symbols: readonly KernelSymbol[]): SymbolTable {
  return new SymbolTable(
    symbols.map((symbol, i) => ({
      start: symbol.address,
      bytes: 0,
      limit: symbol.address + LONGEST_BYTES,
      rank: i,
      name: () => (symbol.module === null ? symbol.name : `${symbol.name} [${symbol.module}]`),
    })),
  );
}
