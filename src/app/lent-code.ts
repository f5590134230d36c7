/**
 * Code that the kernel lends to processes, "[vdso]": a whole ELF file, but only in their memory. Every process of one
 * machine type has the same, so that of keel stands for a process that has ended.
 */
import { FormatError } from '../base/errors.ts';
import { isMissing, type Maybe, missing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { taskMaps } from '../kernel/task/maps.ts';
import type { CodeImage } from '../model/stacks/frames.ts';
import { canCall, KernelError } from '../native/libc.ts';
import { readProcessMemory } from '../native/process-memory.ts';
import { type ByteSource, sourceOf } from '../symbols/byte-source.ts';
import { type ElfFile, readElf } from '../symbols/elf-file.ts';
import { openImage } from './code-files.ts';

export const LENT_CODE = '[vdso]';
/** Of Linux it has one or two pages; a process may name what it likes. */
const MOST_BYTES = 1024 * 1024;

/**
 * @param program a file that the same process ran: tells its machine type when it has ended; null where none is known
 * @throws FormatError for what is no ELF file
 */
export function openLentCode(host: Host, tgid: number, program: CodeImage | null): Maybe<ElfFile> {
  const own = memoryOf(host, tgid);
  if (!isMissing(own)) return readElf(own);
  if (own.missing !== 'gone' || program === null) return own;
  const ours = memoryOf(host, process.pid);
  if (isMissing(ours)) return own;
  const elf = readElf(ours);
  return isOfMachine(program, elf) ? elf : own;
}

function memoryOf(host: Host, pid: number): Maybe<ByteSource> {
  const maps = host.read(taskMaps, { pid });
  if (isMissing(maps)) return missing(maps.missing, LENT_CODE);
  const mapping = maps.find(({ path, executable }) => path === LENT_CODE && executable);
  if (mapping === undefined || mapping.bytes > MOST_BYTES || !canCall()) return missing('absent', LENT_CODE);
  try {
    return sourceOf(readProcessMemory(pid, BigInt(mapping.address), mapping.bytes));
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return missing(error.errnoName === 'ESRCH' ? 'gone' : 'denied', LENT_CODE, error.message);
  }
}

function isOfMachine(program: CodeImage, { machine, form }: ElfFile): boolean {
  const file = openImage(program);
  if (isMissing(file)) return false;
  try {
    const elf = readElf(file);
    return elf.machine === machine && elf.form.wide === form.wide;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  } finally {
    file.close();
  }
}
