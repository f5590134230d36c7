/** The functions of an ELF file. man 5 elf, "String and symbol tables". */
import { FormatError } from '../base/errors.ts';
import { type ElfFile, type ElfSection, SECTION_EXECUTABLE, SECTION_TYPES, textAt } from './elf-file.ts';
import { ElfFields, layoutOf } from './elf-layout.ts';
import { type SymbolRange, SymbolTable } from './symbol-table.ts';

const TYPES = { none: 0, function: 2, indirectFunction: 10 } as const;
const BINDINGS = { local: 0, global: 1, weak: 2 } as const;
const EM_ARM = 40;
/** A browser has 2 million symbols; a forged file may claim more than memory holds. */
const MOST_SYMBOLS = 20_000_000;

/**
 * The functions by the addresses that the file was linked for: of its full table, or, where it was stripped, of the
 * table for the dynamic linker, which has the exported ones only.
 * @throws FormatError where the tables do not lie within the file
 */
export function readSymbols(elf: ElfFile): SymbolTable {
  const { symbols, dynamicSymbols } = SECTION_TYPES;
  for (const type of [symbols, dynamicSymbols]) {
    const section = elf.sections.find((one) => one.type === type);
    if (section === undefined) continue;
    const table = new SymbolTable(functionsIn(elf, section));
    if (table.size > 0) return table;
  }
  return new SymbolTable([]);
}

/** Whether the file has its full table of symbols, not only the exported ones. */
export function hasFullSymbols(elf: ElfFile): boolean {
  return elf.sections.some((one) => one.type === SECTION_TYPES.symbols && one.bytes > 0);
}

/** Whether names were put into the file in packed form: gdb manual, "MiniDebugInfo". */
export function hasPackedSymbols(elf: ElfFile): boolean {
  return elf.sections.some(({ name }) => name === '.gnu_debugdata');
}

function* functionsIn(elf: ElfFile, table: ElfSection): Generator<SymbolRange> {
  const names = elf.sections[table.link];
  if (names === undefined) throw new FormatError('names for its symbols', `section ${table.link}`);
  const texts = elf.source.read(names.offset, names.bytes);
  const { bytes, at } = layoutOf(elf.form).symbol;
  const count = Math.floor(table.bytes / bytes);
  if (count > MOST_SYMBOLS) throw new FormatError('a sensible number of symbols', `${count}`);
  const fields = new ElfFields(elf.source.read(table.offset, count * bytes), elf.form);
  for (let start = 0; start < count * bytes; start += bytes) {
    const info = fields.byte(start + at.info);
    const section = elf.sections[fields.half(start + at.section)];
    const nameAt = fields.word(start + at.name);
    if (section === undefined || nameAt === 0 || !isCode(info & 0xf, section, texts, nameAt)) continue;
    const value = fields.native(start + at.value);
    yield {
      // The lowest bit tells the instruction set, not the place.
      start: elf.machine === EM_ARM ? value - (value % 2) : value,
      bytes: fields.native(start + at.size),
      limit: section.address + section.bytes,
      rank: rankOf(info, texts, nameAt),
      name: () => textAt(texts, nameAt),
    };
  }
}

/** Assembly often leaves out the type; what it marks for itself ($x, .L1) is no function. */
function isCode(type: number, section: ElfSection, texts: Uint8Array, nameAt: number): boolean {
  if (type === TYPES.function || type === TYPES.indirectFunction) return true;
  const first = texts[nameAt];
  return (
    type === TYPES.none && (section.flags & SECTION_EXECUTABLE) !== 0 && first !== DOLLAR && first !== DOT
  );
}

const DOLLAR = 0x24;
const DOT = 0x2e;
const UNDERSCORE = 0x5f;

/** Of several names for one place: a function before a mere label, global before weak before local, plain before _x. */
function rankOf(info: number, texts: Uint8Array, nameAt: number): number {
  const binding = info >> 4;
  const typed = (info & 0xf) === TYPES.none ? 100 : 0;
  const bound = binding === BINDINGS.global ? 0 : binding === BINDINGS.weak ? 10 : 20;
  let underscores = 0;
  while (underscores < 9 && texts[nameAt + underscores] === UNDERSCORE) underscores += 1;
  return typed + bound + underscores;
}
