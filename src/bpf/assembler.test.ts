import { describe, expect, it } from 'vitest';
import { Assembler, AssemblyError, link, listing } from './assembler.ts';
import { encode, FRAME, R0, R1, R2, R6, R9 } from './instruction.ts';

function hex(build: (code: Assembler) => unknown): string[] {
  const code = new Assembler();
  build(code);
  const bytes = Buffer.from(encode(code.exit().assemble().instructions)).toString('hex');
  return (bytes.match(/.{16}/g) ?? []).slice(0, -1);
}

describe('the assembler', () => {
  // Expected bytes: Documentation/bpf/standardization/instruction-set.rst, and clang -target bpf for the same lines.
  it.each<[string, (code: Assembler) => unknown, string]>([
    ['r6 = r1', (c) => c.set(R6, R1), 'bf16000000000000'],
    ['r0 = -1', (c) => c.set(R0, -1), 'b7000000ffffffff'],
    ['r2 += -8', (c) => c.compute(R2, '+=', -8), '07020000f8ffffff'],
    ['w1 >>= 3', (c) => c.compute32(R1, '>>=', 3), '7401000003000000'],
    ['r1 -= r2', (c) => c.compute(R1, '-=', R2), '1f21000000000000'],
    ['r9 ^= r9', (c) => c.compute(R9, '^=', R9), 'af99000000000000'],
    ['r1 = *(u64 *)(r6 +2336)', (c) => c.load(64, R1, R6, 2336), '7961200900000000'],
    ['r1 = *(u32 *)(r6 +4)', (c) => c.load(32, R1, R6, 4), '6161040000000000'],
    ['r1 = *(u16 *)(r6 +2)', (c) => c.load(16, R1, R6, 2), '6961020000000000'],
    ['r1 = *(u8 *)(r6 +1)', (c) => c.load(8, R1, R6, 1), '7161010000000000'],
    ['*(u64 *)(r10 -16) = r2', (c) => c.store(64, FRAME, -16, R2), '7b2af0ff00000000'],
    ['*(u32 *)(r10 -4) = 7', (c) => c.store(32, FRAME, -4, 7), '620afcff07000000'],
    ['lock *(u64 *)(r1 +8) += r2', (c) => c.atomicAdd(64, R1, 8, R2), 'db21080000000000'],
    ['call ktime_get_ns', (c) => c.call('ktime_get_ns'), '8500000005000000'],
  ])('encodes %s', (_, build, expected) => {
    expect(hex(build)).toEqual([expected]);
  });

  it('splits numbers of 64 bits over two slots', () => {
    expect(hex((c) => c.set64(R1, 0x1122_3344_8899_aabbn))).toEqual(['18010000bbaa9988', '0000000044332211']);
    expect(hex((c) => c.set64(R1, -2n))).toEqual(['18010000feffffff', '00000000ffffffff']);
  });

  it('jumps forward and backward, counted from the next instruction', () => {
    const lines = hex((c) =>
      c.label('again').jumpIf(R1, '==', 0, 'end').compute(R1, '-=', 1).jump('again').label('end').set(R0, 0),
    );
    expect(lines).toEqual(['1501020000000000', '1701000001000000', '0500fdff00000000', 'b700000000000000']);
  });

  it('fills in the descriptors of maps', () => {
    const code = new Assembler();
    const assembly = code.mapAddress(R1, 'counts').mapValue(R2, 'state', 16).set(R0, 0).exit().assemble();
    const linked = encode(
      link(
        assembly,
        new Map([
          ['counts', 9],
          ['state', 10],
        ]),
      ),
    );
    expect(Buffer.from(linked.slice(0, 32)).toString('hex').match(/.{16}/g)).toEqual([
      '1811000009000000',
      '0000000000000000',
      '182200000a000000',
      '0000000010000000',
    ]);
    expect(() => link(assembly, new Map([['counts', 9]]))).toThrow('the map state is not defined');
  });

  it.each<[string, (code: Assembler) => unknown]>([
    ['the label nowhere is not defined', (c) => c.jump('nowhere').exit()],
    ['the label a is defined twice', (c) => c.label('a').set(R0, 0).label('a')],
    ['nothing follows the label end', (c) => c.jump('end').exit().label('end')],
    ['the program does not end with exit or a jump', (c) => c.set(R0, 0)],
    ['the program does not end with exit or a jump', () => undefined],
    ['no exit', (c) => c.label('a').jump('a')],
    ['an offset does not fit into 16 bits: 32768', (c) => c.load(64, R0, R1, 32768)],
    ['an immediate does not fit into 32 bits: 2147483648', (c) => c.set(R0, 2 ** 31)],
    ['an immediate does not fit into 32 bits: 1.5', (c) => c.set(R0, 1.5)],
    ['the frame register is read only', (c) => c.set(FRAME, R1)],
    ['the frame register is read only', (c) => c.load(64, FRAME, R1, 0)],
  ])('refuses: %s', (message, build) => {
    const code = new Assembler();
    expect(() => {
      build(code);
      code.assemble();
    }).toThrow(new AssemblyError(message));
  });

  it('refuses a program longer than any kernel takes from a user', () => {
    const code = new Assembler().jump('end');
    for (let i = 0; i < 5000; i += 1) code.set(R0, 0);
    expect(() => code.label('end').exit().assemble()).toThrow('5002 instructions; 4096 at most');
  });

  it('lists a program in words', () => {
    const code = new Assembler();
    code.label('start').note('how many so far').mapAddress(R1, 'counts').call('map_lookup_elem');
    code.jumpIf(R0, '!=', 0, 'end').note('none').set(R0, 0).label('end').exit();
    expect(listing(code.assemble())).toBe(
      [
        'start:',
        '  ; how many so far',
        '   0  r1 = map counts',
        '   1  (second half)',
        '   2  call map_lookup_elem',
        '   3  if r0 != 0 goto pc+1',
        '  ; none',
        '   4  r0 = 0',
        'end:',
        '   5  exit',
        '',
      ].join('\n'),
    );
  });
});
