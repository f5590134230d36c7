import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { sourceOf } from './byte-source.ts';
import { addressAt, buildIdOf, debugLinkOf, readElf } from './elf-file.ts';
import type { ElfForm } from './elf-layout.ts';
import { hasFullSymbols, hasPackedSymbols, readSymbols } from './elf-symbols.ts';
import { TEXT_ADDRESS, TEXT_OFFSET, type WrittenElf, writeElf } from './testing/elf-writer.ts';

const FORMS: readonly ElfForm[] = [true, false].flatMap((wide) =>
  [true, false].map((littleEndian) => ({ wide, littleEndian })),
);
const FORM = FORMS[0] as ElfForm;

const at = (offset: number) => TEXT_ADDRESS + offset;
const SYMBOLS = [
  { name: 'outer', value: at(0x100), bytes: 0x100 },
  { name: 'inner_label', value: at(0x140), bytes: 0x10 },
  { name: '__alias', value: at(0x300), bytes: 0x20, binding: 2 },
  { name: 'alias', value: at(0x300), bytes: 0x20 },
  { name: 'asm_without_type', value: at(0x400), bytes: 0, type: 0, binding: 0 },
  { name: '$x', value: at(0x408), bytes: 0, type: 0, binding: 0 },
  { name: 'resolver', value: at(0x500), bytes: 0x10, type: 10 },
  { name: 'a_variable', value: at(0x600), bytes: 8, type: 1 },
];

function open(elf: WrittenElf, form: ElfForm = FORM) {
  return readElf(sourceOf(writeElf(form, elf)));
}

const nameAt = (elf: WrittenElf, offset: number, form: ElfForm = FORM) =>
  readSymbols(open(elf, form)).find(at(offset))?.name ?? null;

describe.each(FORMS)('an ELF file, 64-bit: $wide, little-endian: $littleEndian', (form) => {
  it('names its functions, its build and where its symbols went', () => {
    const elf = open(
      { symbols: SYMBOLS, buildId: '0123456789abcdef', debugLink: { name: 'a.debug', crc: 0xdead_beef } },
      form,
    );
    expect(buildIdOf(elf)).toBe('0123456789abcdef');
    expect(debugLinkOf(elf)).toEqual({ name: 'a.debug', crc: 0xdead_beef });
    expect(readSymbols(elf).find(at(0x110))).toMatchObject({ name: 'outer', offset: 0x10 });
    expect(addressAt(elf, TEXT_OFFSET + 0x110)).toBe(at(0x110));
    expect(addressAt(elf, 10)).toBeNull();
    expect(hasPackedSymbols(elf)).toBe(false);
    expect(
      hasPackedSymbols({ ...elf, sections: elf.sections.map((one) => ({ ...one, name: '.gnu_debugdata' })) }),
    ).toBe(true);
  });

  it.each([
    [0x0ff, null],
    [0x140, 'inner_label'],
    [0x150, 'outer'],
    [0x1ff, 'outer'],
    [0x200, null],
    [0x310, 'alias'],
    [0x480, 'asm_without_type'],
    [0x505, 'resolver'],
    [0x600, null],
  ] as const)('at +%i shows %s', (offset, name) => {
    expect(nameAt({ symbols: SYMBOLS }, offset, form)).toBe(name);
  });
});

describe('readSymbols', () => {
  it('falls back to the exported functions of a stripped file', () => {
    const exported = [{ name: 'exported', value: at(0x100), bytes: 0x100 }];
    expect(nameAt({ dynamicSymbols: exported }, 0x110)).toBe('exported');
    expect(hasFullSymbols(open({ dynamicSymbols: exported }))).toBe(false);
    expect(nameAt({ dynamicSymbols: exported, symbols: SYMBOLS }, 0x110)).toBe('outer');
  });

  it('finds nothing in a file without symbols', () => {
    expect(nameAt({}, 0x110)).toBeNull();
    expect(buildIdOf(open({}))).toBeNull();
    expect(debugLinkOf(open({}))).toBeNull();
  });

  it('takes the instruction set out of the addresses of ARM', () => {
    const thumb = [{ name: 'thumb', value: at(0x101), bytes: 4 }];
    expect(nameAt({ symbols: thumb, machine: 40 }, 0x100)).toBe('thumb');
    expect(nameAt({ symbols: thumb }, 0x100)).toBeNull();
  });

  it('refuses a debug link that leads out of its folder', () => {
    expect(debugLinkOf(open({ debugLink: { name: '../../etc/shadow', crc: 1 } }))).toBeNull();
  });
});

/** All that we do with a file. */
function readAll(bytes: Uint8Array): void {
  const elf = readElf(sourceOf(bytes));
  buildIdOf(elf);
  debugLinkOf(elf);
  readSymbols(elf).find(at(0x110));
}

function expectFormatError(bytes: Uint8Array): void {
  try {
    readAll(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
  }
}

describe('a corrupt file', () => {
  const whole = (form: ElfForm) =>
    writeElf(form, { symbols: SYMBOLS, dynamicSymbols: SYMBOLS, buildId: 'ab' });

  it('that is no ELF file is refused', () => {
    expect(() => readAll(new TextEncoder().encode('#!/bin/sh\necho this is a script'))).toThrow(FormatError);
    expect(() => readAll(new Uint8Array())).toThrow(FormatError);
  });

  it('cut anywhere gives what it has, or is refused', () => {
    for (const form of FORMS) {
      const bytes = whole(form);
      fc.assert(fc.property(fc.nat(bytes.length), (end) => expectFormatError(bytes.subarray(0, end))));
    }
  });

  it('with any bytes changed gives something, or is refused', () => {
    const change = fc.record({ at: fc.nat(), value: fc.nat(255), table: fc.boolean() });
    for (const form of FORMS) {
      const bytes = whole(form);
      const tables = bytes.length - 0x2000;
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
          const changed = Uint8Array.from(bytes);
          // Half of the changes hit the header, half the tables: the code between them is not read.
          for (const { at: place, value, table } of changes)
            changed[table ? 0x2000 + (place % tables) : place % 64] = value;
          expectFormatError(changed);
        }),
        { numRuns: 500 },
      );
    }
  });
});
