/** Locks made by a process inside of which we call: mlock2(2), mlockall(2), munlock(2), munlockall(2). x86-64. */

import { KernelError } from './libc.ts';
import type { Injection, StoppedThread } from './ptrace.ts';
import { inThread } from './ptrace.ts';

/** arch/x86/entry/syscalls/syscall_64.tbl; ptrace.ts refuses other architectures. */
const MMAP = 9;
const MUNMAP = 11;
const MUNLOCK = 150;
const MLOCKALL = 151;
const MUNLOCKALL = 152;
const MLOCK2 = 325;
const MLOCK_ONFAULT = 1;
const MCL_FUTURE = 2;
const MCL_ONFAULT = 4;
const READ_AND_WRITE = 3;
const PRIVATE_AND_ANONYMOUS = 0x22;
const ENOMEM = 12;

export interface Range {
  readonly address: number;
  readonly bytes: number;
}

/**
 * @returns the ranges that the kernel refused, with what it said; what could not be brought in as a whole (the end of a
 * mapping behind the end of its file) is locked as far as it goes
 * @throws KernelError as `inThread`
 */
export function lockRanges(
  injection: Injection,
  ranges: readonly Range[],
  onFault: boolean,
): readonly { readonly range: Range; readonly error: KernelError }[] {
  return inThread(injection, (thread) =>
    ranges.flatMap((range) => {
      const error = attempt(thread, range, onFault);
      return error === null ? [] : [{ range, error }];
    }),
  );
}

/** ENOMEM says "not all of it": as it is touched, it may be. */
function attempt(thread: StoppedThread, { address, bytes }: Range, onFault: boolean): KernelError | null {
  try {
    thread.call(MLOCK2, address, bytes, onFault ? MLOCK_ONFAULT : 0);
    return null;
  } catch (error) {
    if (!(error instanceof KernelError) || error.call === 'ptrace') throw error;
    return error.errno === ENOMEM && !onFault ? attempt(thread, { address, bytes }, true) : error;
  }
}

/** @throws KernelError as `inThread` */
export function unlockRanges(injection: Injection, ranges: readonly Range[]): void {
  inThread(injection, (thread) => {
    for (const { address, bytes } of ranges) {
      try {
        thread.call(MUNLOCK, address, bytes);
      } catch (error) {
        // Some of it is not mapped any more; what is has been unlocked.
        if (!(error instanceof KernelError) || error.errno !== ENOMEM) throw error;
      }
    }
  });
}

/** What is mapped later, and nothing else. @throws KernelError as `inThread`; EPERM, ENOMEM by the limit of the process */
export function lockFuture(injection: Injection, onFault: boolean): void {
  inThread(injection, (thread) => thread.call(MLOCKALL, MCL_FUTURE | (onFault ? MCL_ONFAULT : 0)));
}

/** @throws KernelError as `inThread` */
export function unlockAll(injection: Injection): void {
  inThread(injection, (thread) => thread.call(MUNLOCKALL));
}

/**
 * Maps a page in the process, lets `look` at it from outside while its thread is stopped, and unmaps it.
 * @throws KernelError as `inThread`; EAGAIN where the process may not lock another page
 */
export function withNewPage<T>(
  injection: Injection,
  pageBytes: number,
  look: (address: number, thread: StoppedThread) => T,
): T {
  return inThread(injection, (thread) => {
    const address = thread.call(MMAP, 0, pageBytes, READ_AND_WRITE, PRIVATE_AND_ANONYMOUS, -1, 0);
    try {
      return look(Number(address), thread);
    } finally {
      thread.call(MUNMAP, address, pageBytes);
    }
  });
}
