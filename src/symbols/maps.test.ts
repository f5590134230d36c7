import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { NO_FACTS } from '../host/facts.ts';
import { kernelFunctions } from '../kernel/image/kallsyms.ts';
import { KernelSymbols } from './kernel-symbols.ts';
import { parsePerfMap } from './perf-map.ts';

describe('the map of a JIT compiler', () => {
  it('names code as Node.js and a JVM write it', () => {
    const map = parsePerfMap(
      '3ef414c0 398 LazyCompile:*tick /srv/a b.js:12:9\n0x7f00aa000000 0x40 java.lang.String::hashCode\n',
    );
    expect(map.find(0x3ef414c0 + 0x397)?.name).toBe('LazyCompile:*tick /srv/a b.js:12:9');
    expect(map.find(0x7f00aa000010)).toMatchObject({ name: 'java.lang.String::hashCode', offset: 0x10 });
    expect(map.find(0x3ef414c0 + 0x398)).toBeNull();
  });

  it('shows what was written last where memory was used again', () => {
    const map = parsePerfMap('1000 100 old\n1000 100 new\n1080 10 later\n10a0 40 last\n');
    expect([0x1000, 0x1088, 0x1090, 0x10b0].map((at) => map.find(at)?.name)).toEqual([
      'new',
      'later',
      'new',
      'last',
    ]);
  });

  it('leaves out a line that is being written', () => {
    expect(parsePerfMap('1000 10 whole\n2000 1').size).toBe(1);
  });

  it('reads any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        (text) => parsePerfMap(text).find(5) === null,
      ),
    );
  });
});

describe('/proc/kallsyms', () => {
  const text = `ffffffff81000000 T _stext
ffffffff81000100 t do_thing.constprop.0
ffffffff82000000 D a_variable
ffffffffc0001000 t nvme_irq\t[nvme]
`;

  it('names functions of the kernel and of its modules', () => {
    const table = new KernelSymbols(kernelFunctions.parse(text, NO_FACTS));
    const at = (low: number) => table.find(low - 0x1_0000_0000)?.name ?? null;
    expect([at(0x8100_0100), at(0x8100_01ff), at(0xc000_1004), at(0x80ff_ffff)]).toEqual([
      'do_thing.constprop.0',
      'do_thing.constprop.0',
      'nvme_irq [nvme]',
      null,
    ]);
  });

  it('says that the addresses are hidden', () => {
    expect(() => kernelFunctions.parse('0000000000000000 T _stext\n', NO_FACTS)).toThrow(FormatError);
  });
});
