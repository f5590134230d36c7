/** The symbols of a file whose code ran: its own, or those of the separate file that belongs to this very build. */
import { FormatError } from '../base/errors.ts';
import type { CodeImage } from '../model/stacks/frames.ts';
import { buildIdOf, debugLinkOf, type ElfFile, readElf } from '../symbols/elf-file.ts';
import { hasFullSymbols, readSymbols } from '../symbols/elf-symbols.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';
import { checksum, debugFiles, type OpenFile } from './code-files.ts';

/** @throws FormatError where its tables do not lie within the file */
export function symbolsOf(image: CodeImage, elf: ElfFile): SymbolTable {
  return (hasFullSymbols(elf) ? null : separateSymbols(image, elf, buildIdOf(elf))) ?? readSymbols(elf);
}

/** The symbols that were taken out of the file, where the package that holds them is installed. */
function separateSymbols(image: CodeImage, elf: ElfFile, buildId: string | null): SymbolTable | null {
  const link = debugLinkOf(elf);
  for (const file of debugFiles(image, buildId, link)) {
    try {
      const separate = readElf(file);
      if (hasFullSymbols(separate) && isOfSameBuild(separate, file, buildId, link?.crc ?? null))
        return readSymbols(separate);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    } finally {
      file.close();
    }
  }
  return null;
}

function isOfSameBuild(
  separate: ElfFile,
  file: OpenFile,
  buildId: string | null,
  crc: number | null,
): boolean {
  const other = buildIdOf(separate);
  if (buildId !== null && other !== null) return buildId === other;
  return crc !== null && checksum(file) === crc;
}
