/** Writes small ELF files of any width and byte order, for tests. */
import { type ElfForm, layoutOf } from '../elf-layout.ts';

export interface WrittenSymbol {
  readonly name: string;
  readonly value: number;
  readonly bytes: number;
  /** STT_* and STB_*; a global function unless said. */
  readonly type?: number;
  readonly binding?: number;
}

export interface WrittenElf {
  readonly symbols?: readonly WrittenSymbol[];
  readonly dynamicSymbols?: readonly WrittenSymbol[];
  readonly buildId?: string;
  readonly debugLink?: { readonly name: string; readonly crc: number };
  readonly machine?: number;
}

/** Code lies at file offset 0x1000, linked for this address. */
export const TEXT_ADDRESS = 0x40_1000;
export const TEXT_OFFSET = 0x1000;
export const TEXT_BYTES = 0x1000;
/** Index of the section of code: the first one behind the empty one. */
const TEXT_SECTION = 1;

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags?: number;
  readonly address?: number;
  readonly bytes: Uint8Array;
  readonly link?: number;
  readonly offset?: number;
}

export function writeElf(form: ElfForm, elf: WrittenElf): Uint8Array {
  const sections: Section[] = [
    { name: '', type: 0, bytes: new Uint8Array() },
    {
      name: '.text',
      type: 1,
      flags: 4,
      address: TEXT_ADDRESS,
      bytes: new Uint8Array(TEXT_BYTES),
      offset: TEXT_OFFSET,
    },
  ];
  const addSymbols = (name: string, type: number, symbols: readonly WrittenSymbol[] | undefined) => {
    if (symbols === undefined) return;
    const { table, texts } = symbolBytes(form, symbols);
    sections.push({ name, type, bytes: table, link: sections.length + 1 });
    sections.push({ name: `${name}str`, type: 3, bytes: texts });
  };
  addSymbols('.dynsym', 11, elf.dynamicSymbols);
  addSymbols('.symtab', 2, elf.symbols);
  if (elf.buildId)
    sections.push({ name: '.note.gnu.build-id', type: 7, bytes: noteBytes(form, elf.buildId) });
  if (elf.debugLink)
    sections.push({ name: '.gnu_debuglink', type: 1, bytes: linkBytes(form, elf.debugLink) });
  return assemble(form, sections, elf.machine ?? 62);
}

/** A view that writes fields as wide as the file's. */
function writer(form: ElfForm, bytes: number) {
  const out = new Uint8Array(bytes);
  const view = new DataView(out.buffer);
  const little = form.littleEndian;
  return {
    out,
    half: (at: number, value: number) => view.setUint16(at, value, little),
    word: (at: number, value: number) => view.setUint32(at, value, little),
    native: (at: number, value: number) =>
      form.wide ? view.setBigUint64(at, BigInt(value), little) : view.setUint32(at, value, little),
  };
}

function symbolBytes(form: ElfForm, symbols: readonly WrittenSymbol[]) {
  const { bytes, at } = layoutOf(form).symbol;
  const { out, half, word, native } = writer(form, bytes * (symbols.length + 1));
  let texts = '\0';
  symbols.forEach((symbol, i) => {
    const start = (i + 1) * bytes;
    word(start + at.name, texts.length);
    out[start + at.info] = ((symbol.binding ?? 1) << 4) | (symbol.type ?? 2);
    half(start + at.section, TEXT_SECTION);
    native(start + at.value, symbol.value);
    native(start + at.size, symbol.bytes);
    texts += `${symbol.name}\0`;
  });
  return { table: out, texts: new TextEncoder().encode(texts) };
}

function noteBytes(form: ElfForm, buildId: string): Uint8Array {
  const id = Uint8Array.from(buildId.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const { out, word } = writer(form, 16 + Math.ceil(id.length / 4) * 4);
  word(0, 4);
  word(4, id.length);
  word(8, 3);
  out.set(new TextEncoder().encode('GNU\0'), 12);
  out.set(id, 16);
  return out;
}

function linkBytes(form: ElfForm, link: { readonly name: string; readonly crc: number }): Uint8Array {
  const crcAt = Math.ceil((link.name.length + 1) / 4) * 4;
  const { out, word } = writer(form, crcAt + 4);
  out.set(new TextEncoder().encode(link.name));
  word(crcAt, link.crc);
  return out;
}

function assemble(form: ElfForm, sections: Section[], machine: number): Uint8Array {
  let names = '';
  const nameAt = [...sections, { name: '.shstrtab' }].map(({ name }) => {
    names += `${name}\0`;
    return names.length - name.length - 1;
  });
  const all = [...sections, { name: '.shstrtab', type: 3, bytes: new TextEncoder().encode(names) }];
  const layout = layoutOf(form);
  let end = TEXT_OFFSET + TEXT_BYTES;
  const placed = all.map((section) => {
    const offset = section.offset ?? end;
    if (section.offset === undefined) end += Math.ceil(section.bytes.length / 8) * 8;
    return { ...section, offset };
  });
  const { out, half, word, native } = writer(form, end + all.length * layout.section.bytes);
  out.set([0x7f, 0x45, 0x4c, 0x46, form.wide ? 2 : 1, form.littleEndian ? 1 : 2, 1]);
  const { header, segment, section } = layout;
  half(header.at.machine, machine);
  native(header.at.segments, header.bytes);
  half(header.at.segmentCount, 1);
  native(header.at.sections, end);
  half(header.at.sectionCount, all.length);
  half(header.at.names, all.length - 1);
  word(header.bytes + segment.at.type, 1);
  native(header.bytes + segment.at.offset, TEXT_OFFSET);
  native(header.bytes + segment.at.address, TEXT_ADDRESS);
  native(header.bytes + segment.at.fileSize, TEXT_BYTES);
  placed.forEach((one, i) => {
    out.set(one.bytes, one.offset);
    const start = end + i * section.bytes;
    word(start + section.at.name, nameAt[i] ?? 0);
    word(start + section.at.type, one.type);
    native(start + section.at.flags, one.flags ?? 0);
    native(start + section.at.address, one.address ?? 0);
    native(start + section.at.offset, one.offset);
    native(start + section.at.size, one.bytes.length);
    word(start + section.at.link, one.link ?? 0);
    native(start + section.at.align, 4);
  });
  return out;
}
