/**
 * System calls in another thread: ptrace(2). The thread is stopped for some 100 µs and as long as the calls take, and goes
 * on where it was, also in the middle of a system call or of a storm of signals.
 *
 * We may be killed at any moment (SIGKILL); the kernel then lets the thread go on with the registers that it has. So
 * before they are changed, a frame below its stack pointer holds what it had, and the call is made at a `syscall`
 * instruction with a `ret` behind it: alone, the thread finishes the call, returns into the frame, and the kernel gives
 * it everything back. What it does not get back is the rest of a sleep it was in: that ends with EINTR. Where no such
 * place is known (`restorer` null), or the thread does not run on a stack that signal handlers may use (`stacks`), nothing
 * guards the call, and being killed within it breaks the thread.
 *
 * Stops are those of system calls and of PTRACE_INTERRUPT: neither leaves a signal behind when we die. A single step
 * would: its SIGTRAP is forced on the thread, and takes away the handler of a program that has one.
 *
 * x86-64 only: the other architectures restart interrupted calls elsewhere in the kernel, and it was not tried there.
 */
import { machine } from 'node:os';
import type { CallSite, MemoryRange } from './call-site.ts';
import { addressOf, checked, KernelError, libcFunction, taskId, type Word } from './libc.ts';
import { words, writeProcessMemory } from './process-memory.ts';
import { ARGUMENTS, ORIG_RAX, RAX, REGISTERS, RIP, RSP } from './registers.ts';
import { returnFrame } from './return-frame.ts';

const ptraceCall = libcFunction<[Word, number, Word, Word]>(
  'long ptrace(long request, int tid, intptr_t address, intptr_t data)',
);
const waitpid = libcFunction<[number, Int32Array, number]>('int waitpid(int tid, void *status, int options)');

const CONT = 7;
const DETACH = 17;
const SYSCALL = 24;
const GETREGSET = 0x4204;
const SETREGSET = 0x4205;
const SEIZE = 0x4206;
const INTERRUPT = 0x4207;
const GETSIGMASK = 0x420a;
const SETSIGMASK = 0x420b;
const TRACESYSGOOD = 1;
const NT_PRSTATUS = 1;
const NT_X86_XSTATE = 0x202;
const EVENT_STOP = 128;
const SYSCALL_STOP = 5 | 0x80;
const WNOHANG = 1;
const WALL = 0x4000_0000;
const ESRCH = 3;
const EINTR = 4;
const ENOSYS = 38;
const ETIMEDOUT = 110;

/** With room for the tiles of AMX. */
const MOST_EXTENDED_BYTES = 16 * 1024;
/** A thread that does not stop in this time is in the kernel and cannot be woken (state D). */
const STOP_WITHIN_MS = 2_000;
/** The bottom of a stack is not ours to reach. */
const STACK_MARGIN_BYTES = 1024;

export interface StoppedThread {
  /** @throws KernelError what the call answered, or ESRCH where the thread ended */
  call(number: number, ...args: readonly Word[]): bigint;
}

/** Where we are in a call, in this order; tests end us there. */
export const INJECTION_STEPS = [
  'seized',
  'stopped',
  'framed',
  'redirected',
  'masked',
  'entered',
  'returned',
  'trapped',
  'unmasked',
  'restored',
] as const;
export type InjectionStep = (typeof INJECTION_STEPS)[number];

export interface Injection {
  readonly tgid: number;
  readonly tid: number;
  readonly site: CallSite;
  /** Of the process: memory in which the kernel may write below a stack pointer at any time. */
  readonly stacks: readonly MemoryRange[];
  readonly onStep?: (step: InjectionStep) => void;
}

/**
 * Stops the thread, lets `work` make calls in it, and lets it go on, whatever happens.
 * @throws KernelError EPERM (not permitted, or traced already), ESRCH, ETIMEDOUT, ENOSYS on other architectures
 */
export function inThread<T>(injection: Injection, work: (thread: StoppedThread) => T): T {
  if (machine() !== 'x86_64') throw new KernelError('ptrace', ENOSYS);
  const tracee = new Tracee(injection);
  tracee.seize();
  try {
    tracee.stop();
    return work(tracee);
  } finally {
    tracee.letGo();
  }
}

interface Saved {
  readonly registers: BigUint64Array;
  readonly mask: bigint;
  /** For the time of a call: at the frame, where there is one. */
  readonly stackPointer: bigint;
}

class Tracee implements StoppedThread {
  readonly #injection: Injection;
  readonly #tid: number;
  #saved: Saved | null = null;
  #isAway = false;
  #isStopped = false;
  /** A signal that arrived and that the thread gets when it goes on. */
  #signal = 0;

  constructor(injection: Injection) {
    this.#injection = injection;
    this.#tid = taskId(injection.tid);
  }

  seize(): void {
    request(SEIZE, this.#tid, 0, TRACESYSGOOD);
    this.#did('seized');
  }

  stop(): void {
    request(INTERRUPT, this.#tid, 0, 0);
    const until = performance.now() + STOP_WITHIN_MS;
    // Signals that were on their way are delivered first.
    for (let status = this.#wait(until); status >> 16 !== EVENT_STOP; status = this.#wait(until)) {
      this.#resume(CONT, (status >> 8) & 0xff);
    }
    this.#did('stopped');
    const registers = this.#registers();
    const mask = words(0n);
    request(GETSIGMASK, this.#tid, 8, addressOf(mask));
    const stackPointer = this.#writeFrame(registers, mask[0] ?? 0n);
    this.#saved = { registers, mask: mask[0] ?? 0n, stackPointer };
    this.#did('framed');
  }

  call(number: number, ...args: readonly Word[]): bigint {
    const { registers: saved, stackPointer } = this.#saved ?? notStopped();
    const registers = words(...saved);
    registers[RIP] = this.#injection.site.syscall;
    registers[RSP] = stackPointer;
    registers[RAX] = BigInt(number);
    // Not inside of a call any more, so nothing is restarted here; the saved registers still say that it was.
    registers[ORIG_RAX] = BigInt.asUintN(64, -1n);
    ARGUMENTS.forEach((register, i) => {
      registers[register] = BigInt.asUintN(64, BigInt(args[i] ?? 0));
    });
    this.#isAway = true;
    this.#setRegisters(registers);
    this.#did('redirected');
    this.#setMask(ALL_SIGNALS);
    this.#did('masked');
    this.#throughCall();
    const result = BigInt.asIntN(64, this.#registers()[RAX] ?? 0n);
    if (result < 0n && result > -4096n) throw new KernelError('injected call', Number(-result));
    return result;
  }

  letGo(): void {
    try {
      if (this.#saved !== null && this.#isAway) {
        this.#trap();
        this.#setMask(this.#saved.mask);
        this.#did('unmasked');
        this.#setRegisters(this.#saved.registers);
        this.#did('restored');
      }
      if (this.#isStopped) request(DETACH, this.#tid, 0, this.#signal);
    } catch (error) {
      // It was killed meanwhile.
      if (!(error instanceof KernelError && error.errno === ESRCH)) throw error;
    }
  }

  /** @returns the stack pointer for calls: its own where no frame can be written */
  #writeFrame(registers: BigUint64Array, mask: bigint): bigint {
    const { site, stacks, tgid } = this.#injection;
    const own = registers[RSP] ?? 0n;
    if (site.restorer === null) return own;
    const frame = returnFrame({ registers, mask, extended: this.#extended() }, site.restorer);
    const isRoomy = stacks.some(
      ({ address, bytes }) =>
        frame.address >= address + STACK_MARGIN_BYTES && own <= BigInt(address) + BigInt(bytes),
    );
    if (!isRoomy) return own;
    writeProcessMemory(tgid, frame.address, frame.bytes);
    return frame.stackPointer;
  }

  /** A call takes as long as it takes: a thread that is left within it would come back to the wrong place. */
  #throughCall(): void {
    for (const step of ['entered', 'returned'] as const) {
      this.#resume(SYSCALL, 0);
      for (let status = this.#wait(); ; status = this.#wait()) {
        const signal = (status >> 8) & 0xff;
        if (signal === SYSCALL_STOP) break;
        // Only what cannot be blocked comes here: SIGSTOP is kept for later.
        if (status >> 16 === 0) this.#signal = signal;
        this.#resume(SYSCALL, 0);
      }
      this.#did(step);
    }
  }

  /**
   * From the end of a call to where signals are looked at: only there does the kernel make an interrupted call again
   * (arch/x86/kernel/signal.c, arch_do_signal_or_restart).
   */
  #trap(): void {
    request(INTERRUPT, this.#tid, 0, 0);
    this.#resume(CONT, 0);
    for (let status = this.#wait(); status >> 16 !== EVENT_STOP; status = this.#wait()) {
      if (status >> 16 === 0 && ((status >> 8) & 0xff) !== SYSCALL_STOP) this.#signal = (status >> 8) & 0xff;
      this.#resume(CONT, 0);
    }
    this.#did('trapped');
  }

  #resume(how: number, signal: number): void {
    request(how, this.#tid, 0, signal);
    this.#isStopped = false;
  }

  #wait(until = Number.POSITIVE_INFINITY): number {
    const status = new Int32Array(1);
    for (let looks = 0; performance.now() < until; looks += 1) {
      const found = attemptWait(this.#tid, status);
      if (found === 0) {
        Atomics.wait(sleeper, 0, 0, looks < SHORT_LOOKS ? SHORT_MS : LONG_MS);
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
    const filled = this.#registerSet(NT_PRSTATUS, registers);
    if (filled !== registers.byteLength) throw new KernelError('ptrace', ENOSYS);
    return registers;
  }

  #extended(): Uint8Array {
    const bytes = new Uint8Array(new ArrayBuffer(MOST_EXTENDED_BYTES));
    return bytes.subarray(0, this.#registerSet(NT_X86_XSTATE, bytes));
  }

  /** @returns bytes filled in */
  #registerSet(kind: number, into: Uint8Array | BigUint64Array): number {
    const vector = words(addressOf(into), BigInt(into.byteLength));
    request(GETREGSET, this.#tid, kind, addressOf(vector));
    return Number(vector[1]);
  }

  #setRegisters(registers: BigUint64Array): void {
    const vector = words(addressOf(registers), BigInt(registers.byteLength));
    request(SETREGSET, this.#tid, NT_PRSTATUS, addressOf(vector));
  }

  #setMask(mask: bigint): void {
    const set = words(mask);
    request(SETSIGMASK, this.#tid, 8, addressOf(set));
  }

  #did(step: InjectionStep): void {
    this.#injection.onStep?.(step);
  }
}

const ALL_SIGNALS = 0xffff_ffff_ffff_ffffn;
/** A short call is over at once; one that brings in memory takes a while, and looking costs the machine time. */
const SHORT_LOOKS = 40;
const SHORT_MS = 0.05;
const LONG_MS = 1;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function notStopped(): never {
  throw new Error('the thread is not stopped');
}

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
