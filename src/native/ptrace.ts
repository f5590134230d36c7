/**
 * One system call in another thread: ptrace(2). The thread is stopped for some 100 µs, makes the calls asked for, and
 * goes on where it was, also in the middle of a system call or of a storm of signals.
 *
 * Where the tool is killed (SIGKILL) in these microseconds, the thread goes on with the registers of the call; nothing
 * can guard against that. x86-64 only: the other architectures restart interrupted calls elsewhere in the kernel, and it
 * was not tried there.
 */
import { machine } from 'node:os';
import { addressOf, checked, KernelError, libcFunction, taskId, type Word } from './libc.ts';

const ptraceCall = libcFunction<[Word, number, Word, Word]>(
  'long ptrace(long request, int tid, intptr_t address, intptr_t data)',
);
const waitpid = libcFunction<[number, Int32Array, number]>('int waitpid(int tid, void *status, int options)');
const readMemory = libcFunction<[number, BigUint64Array, number, BigUint64Array, number, number]>(
  'long process_vm_readv(int pid, const void *local, unsigned long locals, const void *remote, unsigned long remotes, unsigned long flags)',
);
const writeMemory = libcFunction<[number, BigUint64Array, number, BigUint64Array, number, number]>(
  'long process_vm_writev(int pid, const void *local, unsigned long locals, const void *remote, unsigned long remotes, unsigned long flags)',
);

const SINGLESTEP = 9;
const CONT = 7;
const DETACH = 17;
const GETREGSET = 0x4204;
const SETREGSET = 0x4205;
const SEIZE = 0x4206;
const INTERRUPT = 0x4207;
const GETSIGMASK = 0x420a;
const SETSIGMASK = 0x420b;
const NT_PRSTATUS = 1;
const EVENT_STOP = 128;
const WNOHANG = 1;
const WALL = 0x4000_0000;
const SIGTRAP = 5;
const ESRCH = 3;
const EINTR = 4;
const ENOSYS = 38;
const ETIMEDOUT = 110;

/** struct user_regs_struct of x86-64, in words. */
const REGISTERS = 27;
const RAX = 10;
const ORIG_RAX = 15;
const RIP = 16;
/** Where the kernel takes the arguments of a call: rdi, rsi, rdx, r10, r8, r9. */
const ARGUMENTS = [14, 13, 12, 7, 9, 8];
const SYSCALL_INSTRUCTION = Uint8Array.of(0x0f, 0x05);

/** A thread that does not stop in this time is in the kernel and cannot be woken (state D). */
const STOP_WITHIN_MS = 2_000;

export interface StoppedThread {
  /** @throws KernelError what the call answered, or ESRCH where the thread ended */
  call(number: number, ...args: readonly Word[]): bigint;
}

/**
 * Stops the thread, lets `work` make calls in it, and lets it go on, whatever happens.
 * @param instruction where a `syscall` instruction lies in the thread's memory
 * @throws KernelError EPERM (not permitted, or traced already), ESRCH, ETIMEDOUT, ENOSYS on other architectures
 */
export function inThread<T>(tid: number, instruction: bigint, work: (thread: StoppedThread) => T): T {
  if (machine() !== 'x86_64') throw new KernelError('ptrace', ENOSYS);
  request(SEIZE, tid, 0, 0);
  const tracee = new Tracee(tid, instruction);
  try {
    tracee.stop();
    return work(tracee);
  } finally {
    tracee.letGo();
  }
}

class Tracee implements StoppedThread {
  readonly #tid: number;
  readonly #instruction: bigint;
  #saved: { readonly registers: BigUint64Array; readonly mask: BigUint64Array } | null = null;
  #isStopped = false;
  /** A signal that arrived and that the thread gets when it goes on. */
  #signal = 0;

  constructor(tid: number, instruction: bigint) {
    this.#tid = taskId(tid);
    this.#instruction = instruction;
  }

  stop(): void {
    request(INTERRUPT, this.#tid, 0, 0);
    // Signals that were on their way are delivered first.
    for (let status = this.#wait(); status >> 16 !== EVENT_STOP; status = this.#wait()) {
      request(CONT, this.#tid, 0, (status >> 8) & 0xff);
      this.#isStopped = false;
    }
    const mask = words(0n);
    request(GETSIGMASK, this.#tid, 8, addressOf(mask));
    this.#saved = { registers: this.#registers(), mask };
    const all = words(0xffff_ffff_ffff_ffffn);
    request(SETSIGMASK, this.#tid, 8, addressOf(all));
  }

  call(number: number, ...args: readonly Word[]): bigint {
    if (this.#saved === null) throw new Error('the thread is not stopped');
    const registers = words(...this.#saved.registers);
    registers[RIP] = this.#instruction;
    registers[RAX] = BigInt(number);
    // Not inside of a call any more, so nothing is restarted here; the saved registers still say that it was.
    registers[ORIG_RAX] = BigInt.asUintN(64, -1n);
    ARGUMENTS.forEach((register, i) => {
      registers[register] = BigInt.asUintN(64, BigInt(args[i] ?? 0));
    });
    this.#setRegisters(registers);
    this.#step();
    const result = BigInt.asIntN(64, this.#registers()[RAX] ?? 0n);
    if (result < 0n && result > -4096n) throw new KernelError('injected call', Number(-result));
    return result;
  }

  letGo(): void {
    try {
      if (this.#saved !== null) {
        this.#setRegisters(this.#saved.registers);
        request(SETSIGMASK, this.#tid, 8, addressOf(this.#saved.mask));
      }
      if (this.#isStopped) request(DETACH, this.#tid, 0, this.#signal);
    } catch (error) {
      // It was killed meanwhile.
      if (!(error instanceof KernelError && error.errno === ESRCH)) throw error;
    }
  }

  #step(): void {
    request(SINGLESTEP, this.#tid, 0, 0);
    this.#isStopped = false;
    for (;;) {
      const status = this.#wait();
      const signal = (status >> 8) & 0xff;
      if (signal === SIGTRAP && status >> 16 === 0) return;
      // Only what cannot be blocked comes here: SIGSTOP is kept for later.
      if (status >> 16 === 0) this.#signal = signal;
      request(SINGLESTEP, this.#tid, 0, 0);
      this.#isStopped = false;
    }
  }

  /** Until it stops, without blocking for ever in a call that nothing could interrupt. */
  #wait(): number {
    const status = new Int32Array(1);
    const until = performance.now() + STOP_WITHIN_MS;
    while (performance.now() < until) {
      const found = attemptWait(this.#tid, status);
      if (found === 0) {
        Atomics.wait(sleeper, 0, 0, 0.05);
        continue;
      }
      const said = status[0] ?? 0;
      if ((said & 0xff) !== 0x7f) throw new KernelError('ptrace', ESRCH);
      this.#isStopped = true;
      return said;
    }
    throw new KernelError('ptrace', ETIMEDOUT);
  }

  /** @throws KernelError ENOSYS for a 32-bit task, whose registers are others */
  #registers(): BigUint64Array {
    const registers = new BigUint64Array(new ArrayBuffer(REGISTERS * 8));
    const vector = words(addressOf(registers), BigInt(registers.byteLength));
    request(GETREGSET, this.#tid, NT_PRSTATUS, addressOf(vector));
    if (vector[1] !== BigInt(registers.byteLength)) throw new KernelError('ptrace', ENOSYS);
    return registers;
  }

  #setRegisters(registers: BigUint64Array): void {
    const vector = words(addressOf(registers), BigInt(registers.byteLength));
    request(SETREGSET, this.#tid, NT_PRSTATUS, addressOf(vector));
  }
}

/** Words at an address that stays: small arrays may lie on the heap of V8, which moves them. */
function words(...values: readonly bigint[]): BigUint64Array {
  const array = new BigUint64Array(new ArrayBuffer(values.length * 8));
  array.set(values);
  return array;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function request(number: number, tid: number, address: Word, data: Word): void {
  checked('ptrace', ptraceCall(number, tid, address, data));
}

function attemptWait(tid: number, status: Int32Array): number {
  try {
    return Number(checked('waitpid', waitpid(tid, status, WALL | WNOHANG)));
  } catch (error) {
    if (error instanceof KernelError && error.errno === EINTR) return 0;
    throw error;
  }
}

/** @throws KernelError EPERM, ESRCH, EFAULT */
export function readProcessMemory(pid: number, address: bigint, bytes: number): Uint8Array {
  const buffer = new Uint8Array(new ArrayBuffer(bytes));
  const local = words(addressOf(buffer), BigInt(bytes));
  const remote = words(address, BigInt(bytes));
  const read = Number(checked('process_vm_readv', readMemory(taskId(pid), local, 1, remote, 1, 0)));
  return buffer.subarray(0, read);
}

/** @throws KernelError EPERM, ESRCH, EFAULT */
export function writeProcessMemory(pid: number, address: bigint, bytes: Uint8Array): void {
  const buffer = new Uint8Array(new ArrayBuffer(bytes.length));
  buffer.set(bytes);
  const local = words(addressOf(buffer), BigInt(bytes.length));
  const remote = words(address, BigInt(bytes.length));
  checked('process_vm_writev', writeMemory(taskId(pid), local, 1, remote, 1, 0));
}

/** Where the bytes of a `syscall` instruction lie in one of the ranges; null where in none. */
export function findSyscallInstruction(
  pid: number,
  ranges: readonly { readonly address: number; readonly bytes: number }[],
): bigint | null {
  for (const { address, bytes } of ranges) {
    try {
      const text = readProcessMemory(pid, BigInt(address), Math.min(bytes, MOST_SEARCHED_BYTES));
      const at = Buffer.from(text.buffer, 0, text.length).indexOf(SYSCALL_INSTRUCTION);
      if (at >= 0) return BigInt(address + at);
    } catch (error) {
      // Some special mappings cannot be read; another one will do.
      if (!(error instanceof KernelError)) throw error;
    }
  }
  return null;
}

const MOST_SEARCHED_BYTES = 2 * 1024 * 1024;
