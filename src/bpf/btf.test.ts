import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { isMissing } from '../base/missing.ts';
import { Btf } from './btf.ts';
import { BtfWriter } from './testing/btf-writer.ts';

/** struct task { const volatile u32 pid; union { struct { u64 a, b; }; u64 both[2]; }; u32 lazy:1, busy:3; pair pairs[2]; } */
function sample(): Uint8Array {
  const btf = new BtfWriter();
  const u32 = btf.int('unsigned int', 4);
  const u64 = btf.int('long unsigned int', 8);
  const pid = btf.qualifier('const', btf.qualifier('volatile', btf.typedef('u32', u32)));
  const inner = btf.struct('', 16, [
    { name: 'a', type: u64, bitOffset: 0 },
    { name: 'b', type: u64, bitOffset: 64 },
  ]);
  const either = btf.union('', 16, [
    { name: '', type: inner, bitOffset: 0 },
    { name: 'both', type: btf.array(u64, 2, u32), bitOffset: 0 },
  ]);
  const pair = btf.struct('pair', 12, [{ name: 'second', type: u32, bitOffset: 64 }]);
  btf.struct(
    'task',
    64,
    [
      { name: 'pid', type: pid, bitOffset: 0 },
      { name: '', type: either, bitOffset: 64 },
      { name: 'lazy', type: u32, bitOffset: 192, bitCount: 1 },
      { name: 'busy', type: u32, bitOffset: 193, bitCount: 3 },
      { name: 'pairs', type: btf.array(btf.typedef('pair_t', pair), 2, u32), bitOffset: 256 },
      { name: 'next', type: btf.pointer(0), bitOffset: 448 },
    ],
    true,
  );
  btf.struct('old', 8, [{ name: 'flag', type: btf.int('', 4, { offset: 5, count: 2 }), bitOffset: 32 }]);
  btf.enum('', { MM_FILEPAGES: 0, MM_ANONPAGES: 1, NEGATIVE: -3 });
  btf.enum64('', { LARGE: 0x1_0000_0002n });
  btf.func('bpf_iter_task');
  btf.typedef('bpf_iter_task', u32);
  return btf.bytes();
}

describe('BTF', () => {
  const btf = new Btf(sample());

  it.each([
    ['pid', 0, 4],
    ['a', 8, 8],
    ['b', 16, 8],
    ['both', 8, 16],
    ['next', 56, 8],
  ])('finds the member %s, through qualifiers and anonymous parts', (name, offsetBytes, sizeBytes) => {
    expect(btf.member('task', [name])).toEqual({ offsetBytes, sizeBytes, bits: null });
  });

  it('follows arrays and named members', () => {
    expect(btf.member('task', ['pairs', 1, 'second'])).toMatchObject({ offsetBytes: 32 + 12 + 8 });
    expect(btf.member('task', ['pairs'])).toMatchObject({ sizeBytes: 24 });
    expect(btf.member('task', ['both', 1])).toMatchObject({ offsetBytes: 16, sizeBytes: 8 });
  });

  it('reads bit fields in the new form and in the old', () => {
    expect(btf.member('task', ['busy'])).toEqual({
      offsetBytes: 24,
      sizeBytes: 1,
      bits: { first: 1, count: 3 },
    });
    expect(btf.member('old', ['flag'])).toEqual({
      offsetBytes: 4,
      sizeBytes: 1,
      bits: { first: 5, count: 2 },
    });
  });

  it('tells types of one name apart by kind', () => {
    const ids = [btf.typeId('func', 'bpf_iter_task'), btf.typeId('typedef', 'bpf_iter_task')];
    expect(ids).toEqual([btf.typeCount - 1, btf.typeCount]);
  });

  it('knows enumerators by name alone', () => {
    expect(['MM_ANONPAGES', 'NEGATIVE', 'LARGE'].map((name) => btf.enumerator(name))).toEqual([
      1, -3, 0x1_0000_0002,
    ]);
  });

  it.each([
    ['task', ['nothing']],
    ['task', ['both', 2]],
    ['task', ['pid', 'x']],
    ['task', ['pid', 0]],
    ['pai', ['second']],
    ['', ['a']],
  ])('has no %s %j', (struct, path) => {
    expect(btf.member(struct, path)).toMatchObject({ missing: 'absent' });
  });

  it('ends on a struct that holds itself', () => {
    const writer = new BtfWriter();
    const itself = { name: '', type: 1, bitOffset: 0 };
    writer.struct(
      'loop',
      8,
      Array.from({ length: 50 }, () => itself),
    );
    expect(() => new Btf(writer.bytes()).member('loop', ['x'])).toThrow(FormatError);
    const circle = new BtfWriter();
    circle.struct('s', 8, [{ name: 'x', type: 2, bitOffset: 0 }]);
    circle.typedef('t', 2);
    expect(() => new Btf(circle.bytes()).member('s', ['x'])).toThrow(FormatError);
  });

  it('answers for any bytes or raises the format error', () => {
    const whole = sample();
    const edits = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 });
    const corrupt = fc.tuple(edits, fc.nat(whole.length)).map(([changes, length]) => {
      const bytes = whole.slice();
      for (const [at, value] of changes) bytes[at] = value;
      return bytes.slice(0, length < whole.length / 4 ? length : whole.length);
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), corrupt), (bytes) => {
        try {
          const read = new Btf(bytes);
          for (const path of [['pid'], ['b'], ['pairs', 1, 'second'], ['busy']]) {
            const member = read.member('task', path);
            if (!isMissing(member)) expect(member.offsetBytes).toBeGreaterThanOrEqual(0);
          }
          read.enumerator('MM_ANONPAGES');
          read.typeId('func', 'bpf_iter_task');
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
