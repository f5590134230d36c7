/**
 * WebAssembly from readable steps: for loops that TypeScript cannot say, because it has neither 16-byte words nor atomics
 * that are compiled in place (V8 calls a builtin for each). Only the instructions that our loops use.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5 (binary format), and the threads proposal for 0xfe.
 */

/** An instruction, or several, as bytes. */
export type Code = readonly number[];

export interface WasmFunction {
  readonly name: string;
  /** Parameters and locals are numbered together, parameters first. All parameters are i32. */
  readonly parameters: number;
  readonly locals: readonly ('i32' | 'v128')[];
  readonly returns: boolean;
  readonly body: readonly Code[];
}

/** The memory that a module works in: handed in, so that it can be made, advised and touched by us. */
export interface MemoryImport {
  /** Between threads, with at most this many pages of 64 KiB; null for memory of one thread. */
  readonly sharedPages: number | null;
}

const TYPES = { i32: 0x7f, v128: 0x7b } as const;
const NO_RESULT = 0x40;
/** Alignments, as powers of two. */
const WORD = 2;
const VECTOR = 4;

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const tee = (local: number): Code => [0x22, ...unsigned(local)];
export const constant = (value: number): Code => [0x41, ...signed(value)];
export const ADD: Code = [0x6a];
export const EQUAL: Code = [0x46];
/** Without a sign, so that addresses may pass 2 GiB. */
export const LESS: Code = [0x49];
export const EXCLUSIVE_OR: Code = [0x73];
export const SHIFT_LEFT: Code = [0x74];
/** Without a sign. */
export const SHIFT_RIGHT: Code = [0x76];
export const RETURN: Code = [0x0f];

/** Of two words, without signs, the upper half of their product of 64 bits. Takes code for each. */
export const upperProduct = (one: Code, other: Code): Code => {
  const [WIDEN, MULTIPLY, SHIFT, NARROW] = [0xad, 0x7e, 0x88, 0xa7];
  return [...one, WIDEN, ...other, WIDEN, MULTIPLY, 0x42, 32, SHIFT, NARROW];
};

export const load = (offset: number): Code => [0x28, WORD, ...unsigned(offset)];
export const store = (offset: number): Code => [0x36, WORD, ...unsigned(offset)];

/** `repeat(body)`: a branch to depth 0 inside goes to its start; it ends when it falls through. */
export const repeat = (...body: readonly Code[]): Code => [0x03, NO_RESULT, ...body.flat(), 0x0b];
/** A branch to its depth inside leaves it. */
export const block = (...body: readonly Code[]): Code => [0x02, NO_RESULT, ...body.flat(), 0x0b];
export const branch = (depth: number): Code => [0x0c, depth];
export const branchIf = (depth: number): Code => [0x0d, depth];

/** Sequentially consistent, as Atomics.load and Atomics.store are. */
export const ATOMIC_LOAD: Code = [0xfe, 0x10, WORD, 0];
export const ATOMIC_STORE: Code = [0xfe, 0x17, WORD, 0];

export const vectorLoad = (offset: number): Code => [0xfd, 0x00, VECTOR, ...unsigned(offset)];
export const vectorStore = (offset: number): Code => [0xfd, 0x0b, VECTOR, ...unsigned(offset)];
export const VECTOR_XOR: Code = [0xfd, 0x51];
/** The number in each of the four parts. */
export const VECTOR_FILL: Code = [0xfd, 0x11];
/** The first of the four parts. */
export const VECTOR_FIRST: Code = [0xfd, 0x1b, 0];

/** A module with these functions, all of them exported, that imports its memory as `env.memory`. */
export function assemble(functions: readonly WasmFunction[], { sharedPages }: MemoryImport): Uint8Array {
  const limits = sharedPages === null ? [0x00, 1] : [0x03, 1, ...unsigned(sharedPages)];
  const types = functions.map(({ parameters, returns }) => [
    0x60,
    ...vector(Array.from({ length: parameters }, () => [TYPES.i32])),
    ...vector(returns ? [[TYPES.i32]] : []),
  ]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector([[...name('env'), ...name('memory'), 0x02, ...limits]])),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(functions.map((one, i) => [...name(one.name), 0x00, ...unsigned(i)]))),
    ...section(10, vector(functions.map(codeOf))),
  ]);
}

/** The functions of a module over this memory. Compiled here and now, in the thread that calls. */
export function instantiate(
  bytes: Uint8Array,
  memory: WebAssembly.Memory,
): Readonly<Record<string, (...args: number[]) => number>> {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return exports as Readonly<Record<string, (...args: number[]) => number>>;
}

function codeOf({ locals, body }: WasmFunction): Code {
  const code = [...vector(locals.map((type) => [1, TYPES[type]])), ...body.flat(), 0x0b];
  return [...unsigned(code.length), ...code];
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): Code {
  return vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
}

/** LEB128. */
function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128: the sixth bit of the last byte is the sign. */
function signed(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const isLast = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}
