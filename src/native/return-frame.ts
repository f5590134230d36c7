/**
 * What brings a thread back to where it was, without our help: a signal frame as the kernel itself writes it before a
 * handler runs, made for rt_sigreturn(2). A thread whose stack pointer is at `stackPointer`, and that executes `ret`,
 * comes to the restorer, and the kernel gives it all of its registers, its floating-point state and its signal mask.
 * x86-64: arch/x86/include/uapi/asm/sigcontext.h and ucontext.h, arch/x86/kernel/signal_64.c.
 */
import {
  CS,
  EFLAGS,
  ORIG_RAX,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15,
  RAX,
  RBP,
  RBX,
  RCX,
  RDI,
  RDX,
  RIP,
  RSI,
  RSP,
  SS,
} from './registers.ts';

export interface ThreadState {
  /** As PTRACE_GETREGSET gives them, NT_PRSTATUS. */
  readonly registers: BigUint64Array;
  /** NT_X86_XSTATE. */
  readonly extended: Uint8Array;
  readonly mask: bigint;
}

export interface ReturnFrame {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** For the thread while it is away; a `ret` there leads back. */
  readonly stackPointer: bigint;
}

/** Memory below the stack pointer that belongs to the function that runs (System V ABI, 3.2.2). */
const RED_ZONE_BYTES = 128n;
const CONTEXT_BYTES = 304;
const MACHINE_CONTEXT_AT = 40;
const SEGMENTS_AT = MACHINE_CONTEXT_AT + 144;
const EXTENDED_POINTER_AT = MACHINE_CONTEXT_AT + 184;
const MASK_AT = CONTEXT_BYTES - 8;
/** UC_FP_XSTATE, UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS. */
const CONTEXT_FLAGS = 7n;
/** No mode of sigaltstack(2): the kernel then leaves the alternate stack as it is (kernel/signal.c, restore_altstack). */
const KEEP_ALTERNATE_STACK = 0x77;
const SAVED_ORDER = [
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15,
  RDI,
  RSI,
  RBP,
  RBX,
  RDX,
  RAX,
  RCX,
  RSP,
  RIP,
  EFLAGS,
] as const;

export function returnFrame(state: ThreadState, restorer: bigint): ReturnFrame {
  const extended = signalFrameState(state.extended);
  const top = (state.registers[RSP] ?? 0n) - RED_ZONE_BYTES;
  const extendedAt = (top - BigInt(extended.length)) & ~63n;
  const contextAt = (extendedAt - BigInt(CONTEXT_BYTES)) & ~15n;
  const address = contextAt - 8n;
  const bytes = new Uint8Array(Number(extendedAt - address) + extended.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, restorer, true);
  writeContext(new DataView(bytes.buffer, 8, CONTEXT_BYTES), state, extendedAt);
  bytes.set(extended, Number(extendedAt - address));
  return { address, bytes, stackPointer: address };
}

function writeContext(view: DataView, { registers, mask }: ThreadState, extendedAt: bigint): void {
  view.setBigUint64(0, CONTEXT_FLAGS, true);
  view.setUint32(24, KEEP_ALTERNATE_STACK, true);
  const restarted = afterRestart(registers);
  SAVED_ORDER.forEach((register, i) => {
    view.setBigUint64(MACHINE_CONTEXT_AT + i * 8, restarted[register] ?? 0n, true);
  });
  view.setUint16(SEGMENTS_AT, Number(registers[CS] ?? 0n), true);
  view.setUint16(SEGMENTS_AT + 6, Number(registers[SS] ?? 0n), true);
  view.setBigUint64(EXTENDED_POINTER_AT, extendedAt, true);
  view.setBigUint64(MASK_AT, mask, true);
}

/** include/linux/errno.h: what a call answers inside of the kernel when it was interrupted. */
const ERESTARTSYS = -512n;
const ERESTARTNOINTR = -513n;
const ERESTARTNOHAND = -514n;
const ERESTART_RESTARTBLOCK = -516n;
const EINTR = 4n;
const SYSCALL_BYTES = 2n;

/**
 * A thread in the middle of a call would make it again when it goes on (arch/x86/kernel/signal.c,
 * arch_do_signal_or_restart); rt_sigreturn does not see to that, so the frame does. What only the kernel can resume, such
 * as the rest of a sleep, ends with EINTR, as it would for a handler.
 */
function afterRestart(registers: BigUint64Array): BigUint64Array {
  const result = registers.slice();
  const call = BigInt.asIntN(64, registers[ORIG_RAX] ?? 0n);
  if (call < 0n) return result;
  const answer = BigInt.asIntN(64, registers[RAX] ?? 0n);
  if (answer === ERESTART_RESTARTBLOCK) result[RAX] = BigInt.asUintN(64, -EINTR);
  else if (answer === ERESTARTSYS || answer === ERESTARTNOINTR || answer === ERESTARTNOHAND) {
    result[RAX] = registers[ORIG_RAX] ?? 0n;
    result[RIP] = (registers[RIP] ?? 0n) - SYSCALL_BYTES;
  }
  return result;
}

/** In the area of FXSAVE: what the kernel leaves to software. The register set holds XCR0 there. */
const SOFTWARE_AT = 464;
const MAGIC1 = 0x4650_5853;
const MAGIC2 = 0x4650_5845;
/** Of the header of XSAVE: which parts are in use. */
const IN_USE_AT = 512;
const TILE_DATA = 1n << 18n;
/** Where AMX's 8 KiB of tiles begin: behind all that a task has which never asked for them. */
const TILE_DATA_AT = 2752;

/** The register set as a signal frame holds it: arch/x86/kernel/fpu/signal.c, check_xstate_in_sigframe. */
function signalFrameState(regset: Uint8Array): Uint8Array {
  const source = new DataView(regset.buffer, regset.byteOffset, regset.byteLength);
  const hasHeader = regset.length > IN_USE_AT + 8;
  const usesTiles = hasHeader && (source.getBigUint64(IN_USE_AT, true) & TILE_DATA) !== 0n;
  const stateBytes = usesTiles ? regset.length : Math.min(regset.length, TILE_DATA_AT);
  const bytes = new Uint8Array(stateBytes + 4);
  bytes.set(regset.subarray(0, stateBytes));
  const view = new DataView(bytes.buffer);
  const features = source.getBigUint64(SOFTWARE_AT, true);
  view.setUint32(SOFTWARE_AT, MAGIC1, true);
  view.setUint32(SOFTWARE_AT + 4, stateBytes + 4, true);
  view.setBigUint64(SOFTWARE_AT + 8, usesTiles ? features : features & ~TILE_DATA, true);
  view.setUint32(SOFTWARE_AT + 16, stateBytes, true);
  view.setUint32(stateBytes, MAGIC2, true);
  return bytes;
}
