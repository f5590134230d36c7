/** /proc/PID/task/TID/syscall: where a thread that is blocked waits, and its stack pointer. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';

/** null of a thread that is running right now: its registers are not at rest. */
export interface WaitingThread {
  /** -1 where it is blocked outside a system call, as in a page fault. */
  readonly number: number;
  /** The user stack pointer; null for a kernel thread. */
  readonly stackPointer: number | null;
}

/** Needs the right to trace the process (PTRACE_MODE_ATTACH). */
export const threadSyscall = fileReader({
  path: '/proc/{pid}/task/{tid}/syscall',
  doc: 'man 5 proc_pid_syscall',
  capture: 'never', // holds addresses
  parse(text): WaitingThread | null {
    const words = text.trim().split(/\s+/);
    if (words[0] === 'running') return null;
    const number = Number(words[0]);
    const [pointer] = words.slice(-2);
    const shape = words.length === 3 || words.length === 9;
    if (!shape || !Number.isInteger(number) || !/^0x[0-9a-f]{1,16}$/.test(pointer ?? '')) {
      throw new FormatError('"running", or a number and addresses', text.trim());
    }
    return { number, stackPointer: Number(pointer) || null };
  },
});
