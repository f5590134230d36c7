/**
 * Reading, writing and copying memory in order, 16 bytes at a time, 64 in a turn: what a single CPU can move when its
 * prefetchers know the way (the read, write and copy of bw_mem and STREAM; stores go through the caches). In WebAssembly,
 * because a loop of TypeScript moves 8 bytes at most and checks bounds.
 */
import {
  ADD,
  assemble,
  branchIf,
  constant,
  get,
  instantiate,
  LESS,
  repeat,
  set,
  VECTOR_FILL,
  VECTOR_FIRST,
  VECTOR_XOR,
  vectorLoad,
  vectorStore,
  type WasmFunction,
} from '../wasm/assembler.ts';

export const OPERATIONS = ['read', 'write', 'copy'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Bytes of a turn. */
export const TURN_BYTES = 64;
const PARTS = [0, 16, 32, 48];

/** Parameters of all three; addresses are bytes of the memory. */
const FROM = 0;
const END = 1;
const TO = 2;
/** Four sums, so that loads do not wait for each other. */
const SUM = 3;

const advance = (local: number) => [get(local), constant(TURN_BYTES), ADD, set(local)].flat();
const untilEnd = [...get(FROM), ...get(END), ...LESS, ...branchIf(0)];

const FUNCTIONS: readonly WasmFunction[] = [
  {
    name: 'read',
    parameters: 3,
    locals: ['v128', 'v128', 'v128', 'v128'],
    returns: true,
    body: [
      repeat(
        ...PARTS.map((offset, i) =>
          [get(SUM + i), get(FROM), vectorLoad(offset), VECTOR_XOR, set(SUM + i)].flat(),
        ),
        advance(FROM),
        untilEnd,
      ),
      [...get(SUM), ...get(SUM + 1), ...VECTOR_XOR],
      [...get(SUM + 2), ...get(SUM + 3), ...VECTOR_XOR],
      [...VECTOR_XOR, ...VECTOR_FIRST],
    ],
  },
  {
    name: 'write',
    parameters: 3,
    locals: ['v128'],
    returns: true,
    body: [
      [...get(TO), ...VECTOR_FILL, ...set(SUM)],
      repeat(
        ...PARTS.map((offset) => [get(FROM), get(SUM), vectorStore(offset)].flat()),
        advance(FROM),
        untilEnd,
      ),
      get(TO),
    ],
  },
  {
    name: 'copy',
    parameters: 3,
    locals: [],
    returns: true,
    body: [
      repeat(
        ...PARTS.map((offset) => [get(TO), get(FROM), vectorLoad(offset), vectorStore(offset)].flat()),
        advance(TO),
        advance(FROM),
        untilEnd,
      ),
      get(TO),
    ],
  },
];

/**
 * Works on [from, end), multiples of TURN_BYTES apart and not empty. `to` is where copies go; of a write, the number that
 * is written. A read returns the parity of what it read, so that nothing can be left out.
 */
export type StreamFunction = (from: number, end: number, to: number) => number;

/** The three over one memory, compiled in this thread. */
export function streamsOver(memory: WebAssembly.Memory): Readonly<Record<Operation, StreamFunction>> {
  const { read, write, copy } = instantiate(assemble(FUNCTIONS, { sharedPages: null }), memory);
  if (read === undefined || write === undefined || copy === undefined)
    throw new Error('the module exports what it was assembled with');
  return { read, write, copy };
}
