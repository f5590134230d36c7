/** A process held by a file descriptor: pidfd_open(2), Linux 5.3. Its number may be reused; the descriptor is not. */
import { closeSync } from 'node:fs';
import { addressOf, checked, int32, KernelError, libcFunction, taskId } from './libc.ts';
import { syscallNumber } from './syscall-numbers.ts';

const open = libcFunction<[number, number, number]>('long syscall(long number, int pid, unsigned int flags)');
const sendSignal = libcFunction<[number, number, number, null, number]>(
  'long syscall(long number, int pidfd, int signal, void *info, unsigned int flags)',
);

const poll = libcFunction<[bigint, number, number]>(
  'int poll(int64_t descriptors, unsigned long count, int timeoutMs)',
);

/** The same on every architecture, as every call since Linux 5.1. */
const PIDFD_SEND_SIGNAL = 424;
const ESRCH = 3;

export class Pidfd {
  readonly #fd: number;
  #open = true;

  /** @throws KernelError ESRCH; ENOSYS before Linux 5.3 */
  constructor(tgid: number) {
    this.#fd = Number(checked('pidfd_open', open(syscallNumber('pidfd_open'), taskId(tgid), 0)));
  }

  /** For calls that take a pidfd; it is ours until `close`. */
  get fd(): number {
    return this.#fd;
  }

  /** Whether the process has not been reaped. */
  get isAlive(): boolean {
    try {
      this.signal(0);
      return true;
    } catch (error) {
      if (error instanceof KernelError && error.errno === ESRCH) return false;
      // EPERM: there is one, and it belongs to somebody else.
      return true;
    }
  }

  /** @throws KernelError ESRCH, EPERM */
  signal(number: number): void {
    checked('pidfd_send_signal', sendSignal(PIDFD_SEND_SIGNAL, this.#fd, number, null, 0));
  }

  /** Waits in the kernel; nothing else of this thread runs meanwhile. @returns whether it has ended */
  waitForEnd(timeoutMs: number): boolean {
    return hasEnded(this.#fd, timeoutMs);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#fd);
  }
}

const POLLIN = 1;
const EINTR = 4;

/**
 * Waits in the kernel until the process has ended; nothing else of this thread runs meanwhile.
 * @param fd a pidfd, which may be another process's gift
 * @param timeoutMs -1 for as long as it takes
 */
export function hasEnded(fd: number, timeoutMs: number): boolean {
  const descriptor = Int32Array.of(int32(fd, 'fd'), POLLIN);
  for (;;) {
    try {
      return Number(checked('poll', poll(addressOf(descriptor), 1, timeoutMs))) > 0;
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno !== EINTR) throw error;
    }
  }
}
