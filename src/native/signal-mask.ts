/** Which signals the calling thread takes now: sigprocmask(2), which on Linux is the mask of one thread. */
import { checked, libcFunction } from './libc.ts';

const sigprocmask = libcFunction<[number, Uint8Array, Uint8Array | null]>(
  'int sigprocmask(int how, const void *set, void *old)',
);

const SIG_BLOCK = 0;
const SIG_SETMASK = 2;
/** sigset_t of glibc and musl. */
const SET_BYTES = 128;

/** The thread takes every signal, whoever blocked it. */
export function unblockSignals(): void {
  checked('sigprocmask', sigprocmask(SIG_SETMASK, new Uint8Array(SET_BYTES), null));
}

/** Runs a system call that a signal would make fail; what is sent meanwhile arrives behind it. */
export function withoutSignals<T>(call: () => T): T {
  const before = new Uint8Array(SET_BYTES);
  checked('sigprocmask', sigprocmask(SIG_BLOCK, new Uint8Array(SET_BYTES).fill(0xff), before));
  try {
    return call();
  } finally {
    checked('sigprocmask', sigprocmask(SIG_SETMASK, before, null));
  }
}
