/** An ELF file: its sections, its segments, and what names its build. Reads the tables only. man 5 elf. */
import { buildIdIn } from '../base/elf-notes.ts';
import { FormatError } from '../base/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { ElfFields, type ElfForm, formOf, layoutOf } from './elf-layout.ts';

export const SECTION_TYPES = { symbols: 2, note: 7, noBytes: 8, dynamicSymbols: 11 } as const;
export const SECTION_EXECUTABLE = 4;

const PT_LOAD = 1;
const EXTENDED_NAMES = 0xffff;
/** Far above any real file; below what a forged count could make us allocate. */
const MOST_SECTIONS = 100_000;
const MOST_SEGMENTS = 0xffff;
const MOST_NOTE_BYTES = 64 * 1024;

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly bytes: number;
  readonly link: number;
  readonly align: number;
}

/** A part of the file that is mapped to run. */
export interface ElfSegment {
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
}

export interface DebugLink {
  readonly name: string;
  /** CRC-32 of the file it names. */
  readonly crc: number;
}

export interface ElfFile {
  readonly form: ElfForm;
  /** EM_* number. */
  readonly machine: number;
  readonly sections: readonly ElfSection[];
  readonly segments: readonly ElfSegment[];
  readonly source: ByteSource;
}

/** @throws FormatError for what is no ELF file, or whose tables do not lie within it */
export function readElf(source: ByteSource): ElfFile {
  const form = formOf(source.read(0, 16));
  const { header } = layoutOf(form);
  const fields = new ElfFields(source.read(0, header.bytes), form);
  const sectionsAt = fields.native(header.at.sections);
  const first = sectionsAt === 0 ? null : rawSections(source, form, sectionsAt, 1)[0];
  const sectionCount = fields.half(header.at.sectionCount) || (first?.bytes ?? 0);
  const raw = sectionsAt === 0 ? [] : rawSections(source, form, sectionsAt, sectionCount);
  const names = fields.half(header.at.names);
  return {
    form,
    machine: fields.half(header.at.machine),
    sections: named(source, raw, names === EXTENDED_NAMES ? (first?.link ?? 0) : names),
    segments: segmentsOf(
      source,
      form,
      fields.native(header.at.segments),
      fields.half(header.at.segmentCount),
    ),
    source,
  };
}

/** Where the byte at a file offset lies when the file is loaded at its own addresses; null for bytes never loaded. */
export function addressAt(elf: ElfFile, fileOffset: number): number | null {
  const segment = elf.segments.find(
    ({ offset, bytes }) => fileOffset >= offset && fileOffset < offset + bytes,
  );
  return segment === undefined ? null : segment.address + (fileOffset - segment.offset);
}

/** The build id in hexadecimal, which names this very build; null where the linker was told to leave it out. */
export function buildIdOf(elf: ElfFile): string | null {
  for (const section of elf.sections) {
    // Notes of 8-byte alignment hold properties of the processor, and are padded otherwise.
    if (section.type !== SECTION_TYPES.note || section.align > 4 || section.bytes > MOST_NOTE_BYTES) continue;
    const id = buildIdIn(elf.source.read(section.offset, section.bytes), elf.form.littleEndian);
    if (id !== null) return id;
  }
  return null;
}

/** The separate file with the symbols, as `objcopy --add-gnu-debuglink` notes it. */
export function debugLinkOf(elf: ElfFile): DebugLink | null {
  const section = elf.sections.find(({ name }) => name === '.gnu_debuglink');
  if (section === undefined || section.bytes > MOST_NOTE_BYTES || section.bytes < 8) return null;
  const bytes = elf.source.read(section.offset, section.bytes);
  const name = textAt(bytes, 0);
  const crcAt = Math.ceil((name.length + 1) / 4) * 4;
  if (name === '' || name.includes('/') || crcAt + 4 > bytes.length) return null;
  return { name, crc: new ElfFields(bytes, elf.form).word(crcAt) };
}

/** Text up to a zero byte or the end. */
export function textAt(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0, at);
  return utf8.decode(bytes.subarray(at, end < 0 ? bytes.length : end));
}

const utf8 = new TextDecoder();

type RawSection = Omit<ElfSection, 'name'> & { readonly nameAt: number };

function rawSections(source: ByteSource, form: ElfForm, offset: number, count: number): RawSection[] {
  if (count > MOST_SECTIONS) throw new FormatError('a sensible number of sections', `${count}`);
  const { bytes, at } = layoutOf(form).section;
  const fields = new ElfFields(source.read(offset, count * bytes), form);
  return Array.from({ length: count }, (_, i) => ({
    nameAt: fields.word(i * bytes + at.name),
    type: fields.word(i * bytes + at.type),
    flags: fields.native(i * bytes + at.flags),
    address: fields.native(i * bytes + at.address),
    offset: fields.native(i * bytes + at.offset),
    bytes: fields.native(i * bytes + at.size),
    link: fields.word(i * bytes + at.link),
    align: fields.native(i * bytes + at.align),
  }));
}

function named(source: ByteSource, raw: readonly RawSection[], namesIndex: number): ElfSection[] {
  const section = raw[namesIndex];
  const names =
    section === undefined || section.type === SECTION_TYPES.noBytes
      ? new Uint8Array()
      : source.read(section.offset, section.bytes);
  return raw.map(({ nameAt, ...rest }) => ({
    name: nameAt < names.length ? textAt(names, nameAt) : '',
    ...rest,
  }));
}

function segmentsOf(source: ByteSource, form: ElfForm, offset: number, count: number): ElfSegment[] {
  if (offset === 0 || count > MOST_SEGMENTS) return [];
  const { bytes, at } = layoutOf(form).segment;
  const fields = new ElfFields(source.read(offset, count * bytes), form);
  return Array.from({ length: count }, (_, i) => i * bytes)
    .filter((start) => fields.word(start + at.type) === PT_LOAD)
    .map((start) => ({
      offset: fields.native(start + at.offset),
      address: fields.native(start + at.address),
      bytes: fields.native(start + at.fileSize),
    }));
}
