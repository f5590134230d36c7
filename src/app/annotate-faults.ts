/** The code of one function with the faults of a recording: the right build of its file, its instructions, its lines. */
import { resolve } from 'node:path';
import { FormatError, KeelError } from '../base/errors.ts';
import { isMissing, type Missing, missing } from '../base/missing.ts';
import { safeName } from '../base/safe-name.ts';
import {
  type AddressedSite,
  type ChargedInstruction,
  type ChargedLine,
  chargeInstructions,
  chargeLines,
  type FunctionSites,
  type Instruction,
} from '../model/faults/annotation.ts';
import type { FaultRecording } from '../model/faults/recording.ts';
import { addressAt, buildIdOf, type ElfFile, readElf } from '../symbols/elf-file.ts';
import { openPlain, type PlainFile } from './code-files.ts';
import { symbolsOf } from './code-symbols.ts';
import { type CodeRange, disassemble } from './disassemble.ts';
import { readSource } from './source-lines.ts';

export interface AnnotatedLine extends ChargedLine {
  /** null where the file is not here, or is newer than the program. */
  readonly text: string | null;
}

export interface Annotation {
  readonly sites: FunctionSites;
  /** What was read; null where it could not be. */
  readonly file: string | null;
  /** The build that was recorded, and that was read: the same. null where one of them has no build id. */
  readonly buildId: string | null;
  /** All of the function, ascending; only those with faults where there is no objdump. */
  readonly instructions: readonly ChargedInstruction[];
  /** What their addresses are: as the file was linked, or, where it could not be read, places in it. */
  readonly addresses: 'linked' | 'file-offset';
  /** Those with faults; none without debug information. */
  readonly lines: readonly AnnotatedLine[];
  /** By path: the source files that could be read. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** What could not be read, and why. */
  readonly unread: readonly Missing[];
}

/**
 * @param binary the file to read in place of the recorded path: on another machine, or where it was moved
 * @throws KeelError E_CONFLICT for another build than the recorded one, E_IO for a `binary` that cannot be read
 */
export function annotateFaults(
  recording: FaultRecording,
  sites: FunctionSites,
  binary: string | null,
): Annotation {
  const path = binary === null ? sites.binary : resolve(binary);
  if (!path.startsWith('/')) return withoutFile(sites, missing('absent', path, 'it is no file'));
  const file = openPlain(path);
  if (isMissing(file)) {
    if (binary !== null) throw cannotRead(binary, file);
    return withoutFile(sites, file);
  }
  try {
    return annotatedFrom(file, recording, sites);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return withoutFile(sites, missing('unreadable', path, error.message));
  } finally {
    file.close();
  }
}

function withoutFile(sites: FunctionSites, because: Missing): Annotation {
  return {
    sites,
    file: null,
    buildId: null,
    instructions: sites.sites.map(({ offset, ...charge }) => ({
      address: offset,
      text: null,
      source: null,
      charge,
    })),
    addresses: 'file-offset',
    lines: [],
    sources: new Map(),
    unread: [because],
  };
}

function annotatedFrom(file: PlainFile, recording: FaultRecording, sites: FunctionSites): Annotation {
  const elf = readElf(file);
  const buildId = requireSameBuild(file, elf, recording, sites.binary);
  const placed = sites.sites.flatMap(({ offset, ...charge }): AddressedSite[] => {
    const address = addressAt(elf, offset);
    return address === null ? [] : [{ address, ...charge }];
  });
  const { instructions, unread } = instructionsOf(file, elf, sites.binary, placed);
  const charged = chargeInstructions(instructions, placed);
  const { lines, sources, unread: unreadSources } = linesOf(charged, file.modifiedMs);
  return {
    sites,
    file: file.path,
    buildId,
    instructions: charged,
    addresses: 'linked',
    lines,
    sources,
    unread: [...unread, ...unreadSources],
  };
}

/** Of another build the same places are other code: what would be shown would be a lie. */
function requireSameBuild(
  { path }: PlainFile,
  elf: ElfFile,
  { builds }: FaultRecording,
  binary: string,
): string | null {
  const recorded = builds.find((one) => one.path === binary)?.buildId ?? null;
  const here = buildIdOf(elf);
  if (recorded === null || here === recorded) return recorded;
  const name = safeName(path);
  throw new KeelError('E_CONFLICT', {
    what: {
      en: `${name} is another build (${here ?? 'without a build id'}) than was recorded (${recorded})`,
      ko: `${name}의 빌드(${here ?? '빌드 ID 없음'})가 기록된 빌드(${recorded})와 다릅니다`,
    },
    next: [
      {
        en: 'Where that build still is: --binary FILE. Else record again.',
        ko: '그 빌드가 남아 있으면: --binary FILE. 없으면 다시 기록하세요.',
      },
    ],
  });
}

/** Of every function that has one of the sites: several may be called alike. */
function instructionsOf(
  file: PlainFile,
  elf: ElfFile,
  binary: string,
  sites: readonly AddressedSite[],
): { instructions: Instruction[]; unread: Missing[] } {
  const instructions: Instruction[] = [];
  for (const range of rangesOf(elf, binary, sites)) {
    const found = disassemble(file.path, range);
    if (isMissing(found)) return { instructions: [], unread: [found] };
    instructions.push(...found);
  }
  return { instructions: instructions.sort((a, b) => a.address - b.address), unread: [] };
}

function rangesOf(elf: ElfFile, binary: string, sites: readonly AddressedSite[]): CodeRange[] {
  const symbols = symbolsOf({ path: binary, file: null, tgid: process.pid }, elf);
  const ranges = new Map<number, CodeRange>();
  for (const { address } of sites) {
    const symbol = symbols.find(address);
    if (symbol === null) continue;
    const start = address - symbol.offset;
    ranges.set(start, { start, end: symbol.end });
  }
  return [...ranges.values()];
}

function linesOf(
  instructions: readonly ChargedInstruction[],
  builtMs: number,
): Pick<Annotation, 'lines' | 'sources' | 'unread'> {
  const charged = chargeLines(instructions);
  const sources = new Map<string, readonly string[]>();
  const unread: Missing[] = [];
  for (const path of new Set(charged.map((line) => line.path))) {
    const text = readSource(path, builtMs);
    if (isMissing(text)) unread.push(text);
    else sources.set(path, text);
  }
  const lines = charged.map((line) => ({ ...line, text: sources.get(line.path)?.[line.line - 1] ?? null }));
  return { lines, sources, unread };
}

function cannotRead(path: string, { missing: reason }: Missing): KeelError {
  const name = safeName(path);
  return new KeelError('E_IO', {
    what: { en: `cannot read ${name}: ${reason}`, ko: `${name}을(를) 읽을 수 없습니다: ${reason}` },
  });
}
