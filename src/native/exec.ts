/**
 * Becoming another program: execvp(3), with what Node.js changed about this process put back first, so that the program
 * finds itself as if its caller had started it.
 */
import { checked, int32, KernelError, libcFunction } from './libc.ts';
import { unblockSignals } from './signal-mask.ts';

const fcntl = libcFunction<[number, number, number]>('int fcntl(int fd, int command, int argument)');
const setDisposition = libcFunction<[number, number]>('intptr_t signal(int number, intptr_t handler)');
const setrlimit = libcFunction<[number, BigUint64Array]>('int setrlimit(int resource, const void *limit)');
const closeRange = libcFunction<[number, number, number, number]>(
  'long syscall(long number, unsigned int first, unsigned int last, unsigned int flags)',
);
const execvp = libcFunction<[string, readonly (string | null)[]]>(
  'int execvp(const char *file, const char **argv)',
);

const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
const SIG_DFL = 0;
const LAST_SIGNAL = 64;
const RLIMIT_NOFILE = 7;
/** The same on every architecture, as every call since Linux 5.1. */
const CLOSE_RANGE = 436;
const CLOSE_RANGE_CLOEXEC = 4;
const EBADF = 9;

export interface ExecState {
  /** The limit of open files that the caller had; Node.js raises the soft one. null leaves it. */
  readonly openFiles: { readonly soft: bigint; readonly hard: bigint } | null;
  /** Descriptors above 2 that the program inherits, such as sockets of systemd. */
  readonly inherit: readonly number[];
}

/**
 * Replaces this process; returns only by throwing. Must run on the main thread.
 * @throws KernelError ENOENT, EACCES, E2BIG, ...; this process is not usable for much else then
 */
export function becomeProgram(file: string, args: readonly string[], state: ExecState): never {
  resetSignals();
  if (state.openFiles !== null) {
    const limit = BigUint64Array.of(state.openFiles.soft, state.openFiles.hard);
    checked('setrlimit', setrlimit(RLIMIT_NOFILE, limit));
  }
  // Node.js closes its own descriptors at exec by itself; this is for what libraries opened. Linux 5.11.
  closeRange(CLOSE_RANGE, 3, 0xffff_ffff, CLOSE_RANGE_CLOEXEC);
  for (const fd of [0, 1, 2, ...state.inherit]) passOn(fd);
  for (const fd of [0, 1, 2]) makeBlocking(fd);
  checked('execvp', execvp(file, [file, ...args, null]));
  throw new Error('execvp came back');
}

/**
 * As if nobody handled or ignored any: Node.js ignores SIGPIPE and SIGXFSZ, handles others, and blocks SIGUSR1 for a
 * while. A process that waits in the kernel and not in Node.js ends at once then, as any other does.
 */
export function resetSignals(): void {
  for (let number = 1; number <= LAST_SIGNAL; number += 1) {
    // SIGKILL, SIGSTOP and the two of libc refuse; there is nothing to reset then.
    setDisposition(number, SIG_DFL);
  }
  unblockSignals();
}

/** Node.js marks 0 to 2 to be closed at exec. */
function passOn(fd: number): void {
  ignoringClosed(() => checked('fcntl', fcntl(int32(fd, 'fd'), F_SETFD, 0)));
}

function makeBlocking(fd: number): void {
  ignoringClosed(() => {
    const flags = Number(checked('fcntl', fcntl(fd, F_GETFL, 0)));
    if (flags & O_NONBLOCK) checked('fcntl', fcntl(fd, F_SETFL, flags & ~O_NONBLOCK));
  });
}

function ignoringClosed(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof KernelError) || error.errno !== EBADF) throw error;
  }
}
