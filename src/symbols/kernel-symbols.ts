/** The functions of the kernel, from its own list. */
import type { KernelFunctions } from '../kernel/image/kallsyms.ts';
import { type FoundSymbol, lastAtOrBefore } from './symbol-table.ts';

/** The list has no sizes: a function reaches to the next symbol. The last one of a module would reach far. */
const LONGEST_BYTES = 1024 * 1024;

/** Searched by address like a SymbolTable, without an object for each of so many functions. */
export class KernelSymbols {
  readonly #functions: KernelFunctions;
  readonly #starts: Float64Array;

  constructor(functions: KernelFunctions) {
    this.#functions = functions;
    this.#starts = functions.addresses.slice().sort();
  }

  /** @returns null where no function covers the address */
  find(address: number): FoundSymbol | null {
    const i = lastAtOrBefore(this.#starts, address);
    const start = this.#starts[i];
    if (start === undefined || address >= start + LONGEST_BYTES) return null;
    // Of aliases, which begin alike, the first of the list is the best one.
    const name = this.#functions.nameOf(this.#functions.addresses.indexOf(start));
    return {
      name,
      offset: address - start,
      end: Math.min(start + LONGEST_BYTES, this.#starts[i + 1] ?? Infinity),
    };
  }
}
