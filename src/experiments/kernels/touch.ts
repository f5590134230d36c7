/**
 * One word after another, and words at random: the stores that bring memory in. In WebAssembly, where a store is one
 * instruction, without a check of bounds that could differ between patterns; a loop in C without unrolling is the same.
 */
import {
  ADD,
  assemble,
  branchIf,
  type Code,
  constant,
  EXCLUSIVE_OR,
  get,
  instantiate,
  load,
  repeat,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  set,
  store,
  tee,
  upperProduct,
  type WasmFunction,
} from '../wasm/assembler.ts';

/** Parameters of each: bytes of the memory; how far on, or of how many words; how many times. */
const AT = 0;
const STEP = 1;
const COUNT = 2;
/** Of the last function: the seed, and then the state; the place it drew. */
const STATE = 3;
const DRAWN = 4;

const untilCounted: Code = [...get(COUNT), ...constant(-1), ...ADD, ...tee(COUNT), ...branchIf(0)];
const goOn: Code = [...get(AT), ...get(STEP), ...ADD, ...set(AT)];

/** Xorshift of 32 bits (Marsaglia 2003, "Xorshift RNGs", 13-17-5). */
const mixed = (by: number, shift: Code): Code => [
  ...get(STATE),
  ...get(STATE),
  ...constant(by),
  ...shift,
  ...EXCLUSIVE_OR,
  ...set(STATE),
];

const FUNCTIONS: readonly WasmFunction[] = [
  {
    name: 'write',
    parameters: 3,
    locals: [],
    returns: true,
    body: [repeat([...get(AT), ...get(AT), ...store(0)], goOn, untilCounted), get(AT)],
  },
  {
    name: 'read',
    parameters: 3,
    locals: ['i32'],
    returns: true,
    body: [
      repeat([...get(AT), ...load(0), ...get(STATE), ...EXCLUSIVE_OR, ...set(STATE)], goOn, untilCounted),
      get(STATE),
    ],
  },
  {
    name: 'scatter',
    parameters: 4,
    locals: ['i32'],
    returns: true,
    body: [
      repeat(
        [mixed(13, SHIFT_LEFT), mixed(17, SHIFT_RIGHT), mixed(5, SHIFT_LEFT)].flat(),
        // A word of so many, without the bias and the division of a remainder (Lemire 2019).
        [...upperProduct(get(STATE), get(STEP)), ...constant(2), ...SHIFT_LEFT, ...get(AT), ...ADD],
        [...tee(DRAWN), ...get(DRAWN), ...store(0)],
        untilCounted,
      ),
      get(DRAWN),
    ],
  },
];

export interface Touch {
  /** Stores a word at `from` and every `step` bytes on, `count` times; none of them 0. */
  readonly write: (from: number, step: number, count: number) => number;
  /** Loads the same words. @returns their parity, so that nothing can be left out */
  readonly read: (from: number, step: number, count: number) => number;
  /** Stores at `count` of the `words` from `from` on, drawn with repetition. @param seed any but 0 */
  readonly scatter: (from: number, words: number, count: number, seed: number) => number;
}

/** Over one memory, compiled in this thread. */
export function touchOver(memory: WebAssembly.Memory): Touch {
  const { write, read, scatter } = instantiate(assemble(FUNCTIONS, { sharedPages: null }), memory);
  if (write === undefined || read === undefined || scatter === undefined)
    throw new Error('the module exports what it was assembled with');
  return { write, read, scatter };
}
