/** Where fields lie in the tables of an ELF file, for both widths; and reading them in either byte order. man 5 elf. */
import { FormatError } from '../base/errors.ts';

export interface ElfForm {
  /** 64-bit addresses and offsets; otherwise 32. */
  readonly wide: boolean;
  readonly littleEndian: boolean;
}

interface TableLayout<Field extends string> {
  readonly bytes: number;
  readonly at: Readonly<Record<Field, number>>;
}

type HeaderField = 'machine' | 'segments' | 'sections' | 'segmentCount' | 'sectionCount' | 'names';
type SectionField = 'name' | 'type' | 'flags' | 'address' | 'offset' | 'size' | 'link' | 'info' | 'align';
type SegmentField = 'type' | 'offset' | 'address' | 'fileSize';
type SymbolField = 'name' | 'info' | 'section' | 'value' | 'size';

interface ElfLayout {
  readonly header: TableLayout<HeaderField>;
  readonly section: TableLayout<SectionField>;
  readonly segment: TableLayout<SegmentField>;
  readonly symbol: TableLayout<SymbolField>;
}

// biome-ignore format: tables of the format
const WIDE: ElfLayout = {
  header: { bytes: 64, at: { machine: 18, segments: 32, sections: 40, segmentCount: 56, sectionCount: 60, names: 62 } },
  section: { bytes: 64, at: { name: 0, type: 4, flags: 8, address: 16, offset: 24, size: 32, link: 40, info: 44, align: 48 } },
  segment: { bytes: 56, at: { type: 0, offset: 8, address: 16, fileSize: 32 } },
  symbol: { bytes: 24, at: { name: 0, info: 4, section: 6, value: 8, size: 16 } },
};

// biome-ignore format: tables of the format
const NARROW: ElfLayout = {
  header: { bytes: 52, at: { machine: 18, segments: 28, sections: 32, segmentCount: 44, sectionCount: 48, names: 50 } },
  section: { bytes: 40, at: { name: 0, type: 4, flags: 8, address: 12, offset: 16, size: 20, link: 24, info: 28, align: 32 } },
  segment: { bytes: 32, at: { type: 0, offset: 4, address: 8, fileSize: 16 } },
  symbol: { bytes: 16, at: { name: 0, info: 12, section: 14, value: 4, size: 8 } },
};

export function layoutOf(form: ElfForm): ElfLayout {
  return form.wide ? WIDE : NARROW;
}

/** Fields of one table's bytes. */
export class ElfFields {
  readonly #view: DataView;
  readonly #form: ElfForm;

  constructor(bytes: Uint8Array, form: ElfForm) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#form = form;
  }

  byte(at: number): number {
    return this.#view.getUint8(at);
  }

  half(at: number): number {
    return this.#view.getUint16(at, this.#form.littleEndian);
  }

  word(at: number): number {
    return this.#view.getUint32(at, this.#form.littleEndian);
  }

  /** An address, offset or size, as wide as the file's. Beyond 2^53 it is inexact, and no file is that long. */
  native(at: number): number {
    if (!this.#form.wide) return this.word(at);
    const [low, high] = this.#form.littleEndian ? [at, at + 4] : [at + 4, at];
    return this.word(low) + this.word(high) * 0x1_0000_0000;
  }
}

const MAGIC = [0x7f, 0x45, 0x4c, 0x46];

/** @param ident the first 16 bytes @throws FormatError */
export function formOf(ident: Uint8Array): ElfForm {
  const width = ident[4];
  const order = ident[5];
  if (MAGIC.some((byte, i) => ident[i] !== byte))
    throw new FormatError('an ELF file', 'another magic number');
  if ((width !== 1 && width !== 2) || (order !== 1 && order !== 2))
    throw new FormatError('an ELF file of 32 or 64 bits', `class ${width}, byte order ${order}`);
  return { wide: width === 2, littleEndian: order === 1 };
}
