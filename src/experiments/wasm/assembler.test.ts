import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ADD,
  ATOMIC_STORE,
  assemble,
  branchIf,
  constant,
  EXCLUSIVE_OR,
  get,
  instantiate,
  LESS,
  load,
  repeat,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  set,
  store,
  upperProduct,
  VECTOR_FILL,
  VECTOR_FIRST,
  VECTOR_XOR,
  vectorLoad,
  vectorStore,
} from './assembler.ts';

const NOT_SHARED = { sharedPages: null };
const memory = () => new WebAssembly.Memory({ initial: 1, maximum: 1 });
const one = (parameters: number, body: readonly (readonly number[])[], locals: ('i32' | 'v128')[] = []) =>
  instantiate(assemble([{ name: 'run', parameters, locals, returns: true, body }], NOT_SHARED), memory())
    .run as (...args: number[]) => number;

describe('a module', () => {
  it('holds any constant of 32 bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }), (value) => {
        expect(one(0, [constant(value)])()).toBe(value);
      }),
    );
  });

  it('repeats while a branch goes back', () => {
    // Sum of 1 to n: local 1 counts, local 2 sums.
    const sum = one(
      1,
      [
        repeat(
          [...get(1), ...constant(1), ...ADD, ...set(1)],
          [...get(2), ...get(1), ...ADD, ...set(2)],
          [...get(1), ...get(0), ...LESS],
          branchIf(0),
        ),
        get(2),
      ],
      ['i32', 'i32'],
    );
    expect([sum(1), sum(10), sum(100_000 - 1)]).toEqual([1, 55, 704_982_704]);
  });

  it('moves sixteen bytes at a time', () => {
    const fold = one(1, [
      [...constant(32), ...get(0), ...VECTOR_FILL, ...vectorStore(300)],
      [...constant(32), ...vectorLoad(300), ...constant(0), ...VECTOR_FILL, ...VECTOR_XOR, ...VECTOR_FIRST],
    ]);
    expect(fold(0x1234_5678)).toBe(0x1234_5678);
  });

  it('takes the upper half of a product, as wide numbers do', () => {
    const upper = one(2, [upperProduct(get(0), get(1))]);
    const word = fc.integer({ min: 0, max: 0xffff_ffff });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(upper(a, b) >>> 0).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
      }),
    );
  });

  it('shifts without a sign, and loads the word it stored', () => {
    const steps = one(1, [
      [...constant(16), ...get(0), ...constant(13), ...SHIFT_LEFT, ...get(0), ...EXCLUSIVE_OR, ...store(4)],
      [...constant(20), ...load(0), ...constant(17), ...SHIFT_RIGHT],
    ]);
    for (const value of [1, 12_345, -1]) expect(steps(value)).toBe(((value << 13) ^ value) >>> 17);
  });

  it('stores into memory that threads share', () => {
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const { run } = instantiate(
      assemble(
        [
          {
            name: 'run',
            parameters: 1,
            locals: [],
            returns: false,
            body: [constant(64), get(0), ATOMIC_STORE],
          },
        ],
        { sharedPages: 1 },
      ),
      shared,
    );
    run?.(42);
    expect(new Int32Array(shared.buffer)[16]).toBe(42);
  });
});
