/** Instructions of a file with their lines of source, by objdump where it is installed. */
import { spawnSync } from 'node:child_process';
import { type Maybe, missing } from '../base/missing.ts';
import { type DisassembledLine, parseDisassembly } from '../symbols/objdump.ts';

/** Tried in this order. */
const PROGRAMS = ['objdump', 'llvm-objdump'];
const TIMEOUT_MS = 30_000;
const MOST_OUTPUT_BYTES = 256 * 1024 * 1024;

export interface CodeRange {
  /** As the file was linked; the end is exclusive. */
  readonly start: number;
  readonly end: number;
}

/**
 * By address, not by name: no name of the file comes to a command line, and functions that are called alike stay apart.
 * @returns missing: `absent` without objdump, `unreadable` where it cannot read the file
 */
export function disassemble(path: string, { start, end }: CodeRange): Maybe<DisassembledLine[]> {
  const args = [
    ...['--disassemble', '--line-numbers', '--demangle', '--no-show-raw-insn'],
    ...[`--start-address=0x${start.toString(16)}`, `--stop-address=0x${end.toString(16)}`],
    ...['--', path],
  ];
  for (const program of PROGRAMS) {
    const run = spawnSync(program, args, {
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      maxBuffer: MOST_OUTPUT_BYTES,
      // Its own language, and no search for debug information on a network.
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if ((run.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') continue;
    if (run.status === 0) return parseDisassembly(run.stdout);
    return missing('unreadable', path, run.error?.message ?? run.stderr.trim().split('\n')[0] ?? program);
  }
  return missing('absent', 'objdump', 'it is not installed; it comes with binutils');
}
