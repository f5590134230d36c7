import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDisassembly } from './objdump.ts';

/** As binutils 2.40 prints it; the second function has no debug information. */
const PRINTED = `
known_faults:     file format elf64-x86-64


Disassembly of section .text:

00000000000011d5 <many_first_touches>:
many_first_touches():
/srv/known faults.c:20
    11d5:\ttest   %rsi,%rsi
/srv/known faults.c:20 (discriminator 3)
    11df:\tmovb   $0x1,(%rdi,%rax,1)
/srv/known faults.c:21
    11ee:\tmovzbl 0x2e84(%rip),%eax        # 4079 <seen>
/srv/known faults.c:0
    11f5:\tret

00000000000011fe <few_cold_reads>:
few_cold_reads():
    11fe:\tmov    %rsi,%r9
`;

describe('parseDisassembly', () => {
  it('gives each instruction with its line', () => {
    const [file, at] = ['/srv/known faults.c', (line: number) => ({ path: file, line })] as const;
    expect(parseDisassembly(PRINTED)).toEqual([
      { address: 0x11d5, text: 'test %rsi,%rsi', source: at(20) },
      { address: 0x11df, text: 'movb $0x1,(%rdi,%rax,1)', source: at(20) },
      { address: 0x11ee, text: 'movzbl 0x2e84(%rip),%eax # 4079 <seen>', source: at(21) },
      { address: 0x11f5, text: 'ret', source: null },
      { address: 0x11fe, text: 'mov %rsi,%r9', source: null },
    ]);
  });

  it('reads what llvm prints', () => {
    expect(parseDisassembly('; f():\n; /a/b.c:7\n    401100:      \tpushq\t%rbp\n')).toEqual([
      { address: 0x40_1100, text: 'pushq %rbp', source: { path: '/a/b.c', line: 7 } },
    ]);
  });

  it('makes something of any text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('  1:\tnop', 'x:3', '1 <a>:', '', ':', '0:', 'ff: \t', '??:0')),
        (lines) => {
          const found = parseDisassembly(lines.join('\n'));
          expect(found).toHaveLength(lines.filter((line) => line === '  1:\tnop').length);
          for (const { source } of found) expect(source?.line ?? 3).toBe(3);
        },
      ),
    );
  });
});
