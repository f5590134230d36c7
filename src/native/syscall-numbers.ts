/**
 * Numbers of the system calls that libc does not wrap, per architecture.
 * Sources: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h (arm64, riscv64),
 * arch/powerpc/kernel/syscalls/syscall.tbl, arch/s390/kernel/syscalls/syscall.tbl.
 */
import { machine } from 'node:os';
import { KernelError } from './libc.ts';

export type SyscallName =
  | 'bpf'
  | 'get_mempolicy'
  | 'migrate_pages'
  | 'pidfd_open'
  | 'sched_getattr'
  | 'sched_setattr'
  | 'set_mempolicy';

type Numbers = Readonly<Record<SyscallName, number>>;

const GENERIC: Numbers = {
  bpf: 280,
  get_mempolicy: 236,
  migrate_pages: 238,
  pidfd_open: 434,
  sched_getattr: 275,
  sched_setattr: 274,
  set_mempolicy: 237,
};

const POWERPC: Numbers = {
  bpf: 361,
  get_mempolicy: 260,
  migrate_pages: 258,
  pidfd_open: 434,
  sched_getattr: 356,
  sched_setattr: 355,
  set_mempolicy: 261,
};

/** By `uname -m`. */
const NUMBERS: Readonly<Record<string, Numbers>> = {
  x86_64: {
    bpf: 321,
    get_mempolicy: 239,
    migrate_pages: 256,
    pidfd_open: 434,
    sched_getattr: 315,
    sched_setattr: 314,
    set_mempolicy: 238,
  },
  aarch64: GENERIC,
  riscv64: GENERIC,
  ppc64: POWERPC,
  ppc64le: POWERPC,
  s390x: {
    bpf: 351,
    get_mempolicy: 269,
    migrate_pages: 287,
    pidfd_open: 434,
    sched_getattr: 346,
    sched_setattr: 345,
    set_mempolicy: 270,
  },
};

const ENOSYS = 38;

/** @throws KernelError ENOSYS on an architecture that is not in the table, as the kernel would answer */
export function syscallNumber(name: SyscallName, architecture: string = machine()): number {
  const number = NUMBERS[architecture]?.[name];
  if (number === undefined) throw new KernelError(name, ENOSYS);
  return number;
}
