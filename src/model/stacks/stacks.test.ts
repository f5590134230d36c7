import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressSpace, type SpaceMapping } from '../faults/address-space.ts';
import { PlaceTable } from '../faults/places.ts';
import { CodeOfProcess } from './code-of-process.ts';
import { FrameTable } from './frames.ts';
import { frameLabel } from './names.ts';
import { NO_STACK, StackTable } from './stack-table.ts';
import { functionShares, type StackWeight } from './stack-totals.ts';

const places = new PlaceTable();
const code = (address: number, path: string): SpaceMapping => ({
  address,
  bytes: 0x1000,
  offset: 0x5000,
  executable: true,
  shared: false,
  place: places.ofMapping({ path, shared: false }),
  file: { major: 8, minor: 1, inode: BigInt(path.length) },
});

function process(...mappings: SpaceMapping[]) {
  const tables = { frames: new FrameTable(), stacks: new StackTable() };
  const space = new AddressSpace(mappings);
  const of = new CodeOfProcess(7, space, tables);
  const framesOf = (stack: number) => tables.stacks.framesOf(stack).map((id) => tables.frames.frames[id]);
  return { tables, space, of, framesOf };
}

describe('StackTable', () => {
  it('gives back each stack that was put in, and the same number for the same frames', () => {
    const stacks = fc.array(fc.array(fc.nat(5), { maxLength: 6 }), { maxLength: 40 });
    fc.assert(
      fc.property(stacks, (list) => {
        const table = new StackTable();
        const numbers = list.map((frames) => frames.reduce((at, frame) => table.push(at, frame), NO_STACK));
        expect(numbers.map((number) => table.framesOf(number))).toEqual(list);
        const distinct = new Set(list.map((frames) => frames.join()));
        expect(new Set(numbers).size).toBe(distinct.size);
        for (let node = 1; node < table.size; node += 1) expect(table.parent(node)).toBeLessThan(node);
      }),
    );
  });
});

describe('CodeOfProcess', () => {
  it('places the faulting instruction exactly, and callers inside their call', () => {
    const { of, framesOf, tables } = process(code(0x40_0000, '/bin/a'), code(0x7f_0000, '/lib/b'));
    expect(framesOf(of.stackOf([0x40_0010, 0x7f_0100], null))).toEqual([
      { kind: 'image', image: 0, offset: 0x50ff },
      { kind: 'image', image: 1, offset: 0x5010 },
    ]);
    expect(tables.frames.images.map((image) => image.path)).toEqual(['/lib/b', '/bin/a']);
  });

  it('puts the kernel innermost, and then the user address is behind a system call', () => {
    const { of, framesOf } = process(code(0x40_0000, '/bin/a'));
    expect(framesOf(of.stackOf([0x40_0010], -4096))).toEqual([
      { kind: 'image', image: 0, offset: 0x500f },
      { kind: 'kernel', address: -4096 },
    ]);
    expect(of.stackOf([0x40_0010], -4096)).not.toBe(of.stackOf([0x40_0010], -4095));
    // The same chain in user mode is another place.
    expect(framesOf(of.stackOf([0x40_0010], null))).toEqual([{ kind: 'image', image: 0, offset: 0x5010 }]);
  });

  it('keeps the address of code without a file, and has no stack without an address', () => {
    const { of, framesOf } = process();
    expect(framesOf(of.stackOf([0x1234], null))).toEqual([{ kind: 'memory', tgid: 7, address: 0x1234 }]);
    expect(of.stackOf([], null)).toBe(NO_STACK);
  });

  it('forgets what it knew where code moved', () => {
    const { of, space, tables, framesOf } = process(code(0x40_0000, '/bin/a'));
    of.stackOf([0x40_0010], null);
    space.map({ ...code(0x60_0000, ''), executable: false, file: null });
    space.map(code(0x40_0000, '/lib/other'));
    expect(framesOf(of.stackOf([0x40_0010], null))).toEqual([{ kind: 'image', image: 1, offset: 0x5010 }]);
    expect(tables.frames.images.map((image) => image.path)).toEqual(['/bin/a', '/lib/other']);
  });
});

describe('functionShares', () => {
  const names = ['', 'main', 'walk', 'touch'].map((name) => ({
    function: name,
    binary: '/bin/a',
    offset: 0,
  }));

  it('charges the innermost function, and every caller once', () => {
    const stacks = new StackTable();
    const push = (...frames: number[]) => frames.reduce((at, frame) => stacks.push(at, frame), NO_STACK);
    const deep = push(1, 2, 2, 3);
    const weights: StackWeight[] = [
      { stack: deep, cause: 'first-touch', faults: 1, stallNs: 100 },
      { stack: deep, cause: 'huge-page', faults: 1, stallNs: 1000 },
      { stack: push(1, 2), cause: 'huge-page', faults: 1, stallNs: 50 },
      { stack: NO_STACK, cause: 'unknown', faults: 1, stallNs: 7 },
    ];
    const shares = functionShares(weights, stacks, names);
    expect(shares.map((one) => [one.function, one.faults, one.stallNs])).toEqual([
      ['touch', 2, 1100],
      ['walk', 1, 50],
      ['main', 0, 0],
    ]);
    expect(shares.map((one) => [one.withCalleesFaults, one.withCalleesStallNs])).toEqual([
      [2, 1100],
      [3, 1150],
      [3, 1150],
    ]);
  });
});

describe('frameLabel', () => {
  it.each([
    [{ function: 'tick', binary: '/a/b.so', offset: 16 }, 'tick'],
    [{ function: null, binary: '/a/b.so', offset: 0x1234 }, 'b.so+0x1234'],
    [{ function: null, binary: '[vdso]', offset: 16 }, '[vdso]+0x10'],
    [{ function: null, binary: '[kernel]', offset: null }, '[kernel]'],
  ])('of %j is %s', (name, label) => {
    expect(frameLabel(name)).toBe(label);
  });
});
