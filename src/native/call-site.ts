/** Where in a process a call can be made from, and where a thread finds its way back alone. x86-64. */
import { KernelError } from './libc.ts';
import { readProcessMemory } from './process-memory.ts';

export interface MemoryRange {
  readonly address: number;
  readonly bytes: number;
}

export interface CallSite {
  /** A `syscall` instruction; followed by `ret` where there is a way back. */
  readonly syscall: bigint;
  /** What libc gives to the kernel as the end of signal handlers: `mov $15, %rax; syscall`. null where none was found. */
  readonly restorer: bigint | null;
}

const SYSCALL = Uint8Array.of(0x0f, 0x05);
const SYSCALL_RET = Uint8Array.of(0x0f, 0x05, 0xc3);
const RESTORER = Uint8Array.of(0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05);
const PIECE_BYTES = 2 * 1024 * 1024;
const MOST_SEARCHED_BYTES = 32 * PIECE_BYTES;

/** @param ranges executable ones, the most promising first @returns null where no call can be made */
export function findCallSite(pid: number, ranges: readonly MemoryRange[]): CallSite | null {
  const [plain, returning, restorer] = findAll(pid, ranges);
  if (returning !== null && restorer !== null) return { syscall: returning, restorer };
  return plain === null ? null : { syscall: plain, restorer: null };
}

type Found = [plain: bigint | null, returning: bigint | null, restorer: bigint | null];

function findAll(pid: number, ranges: readonly MemoryRange[]): Found {
  const found: Found = [null, null, null];
  let searchedBytes = 0;
  for (const { address, bytes } of ranges) {
    for (let at = 0; at < bytes && searchedBytes < MOST_SEARCHED_BYTES; at += PIECE_BYTES) {
      // A little more, for what lies across two pieces.
      const text = readCode(pid, address + at, Math.min(PIECE_BYTES + RESTORER.length, bytes - at));
      searchedBytes += text.length;
      [SYSCALL, SYSCALL_RET, RESTORER].forEach((code, i) => {
        const where = text.indexOf(code);
        if (where >= 0) found[i] ??= BigInt(address + at + where);
      });
      if (found.every((one) => one !== null)) return found;
    }
  }
  return found;
}

/** Some special mappings cannot be read; another one will do. */
function readCode(pid: number, address: number, bytes: number): Buffer {
  try {
    const text = readProcessMemory(pid, BigInt(address), bytes);
    return Buffer.from(text.buffer, text.byteOffset, text.length);
  } catch (error) {
    if (error instanceof KernelError) return Buffer.alloc(0);
    throw error;
  }
}
