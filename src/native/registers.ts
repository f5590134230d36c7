/** struct user_regs_struct of x86-64 (arch/x86/include/asm/user_64.h), in words. */
export const REGISTERS = 27;

export const R15 = 0;
export const R14 = 1;
export const R13 = 2;
export const R12 = 3;
export const RBP = 4;
export const RBX = 5;
export const R11 = 6;
export const R10 = 7;
export const R9 = 8;
export const R8 = 9;
export const RAX = 10;
export const RCX = 11;
export const RDX = 12;
export const RSI = 13;
export const RDI = 14;
export const ORIG_RAX = 15;
export const RIP = 16;
export const CS = 17;
export const EFLAGS = 18;
export const RSP = 19;
export const SS = 20;

/** Where the kernel takes the arguments of a call. */
export const ARGUMENTS = [RDI, RSI, RDX, R10, R8, R9] as const;
