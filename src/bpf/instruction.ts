/**
 * One BPF instruction: its fields, its eight bytes, and a line of text for messages.
 * Encoding: Documentation/bpf/standardization/instruction-set.rst.
 */

/** A register of the BPF machine. R0 holds results, R1 to R5 arguments, R6 to R9 survive calls, R10 is the frame. */
export class Register {
  readonly number: number;

  constructor(number: number) {
    this.number = number;
  }
}

export const R0 = new Register(0);
export const R1 = new Register(1);
export const R2 = new Register(2);
export const R3 = new Register(3);
export const R4 = new Register(4);
export const R5 = new Register(5);
export const R6 = new Register(6);
export const R7 = new Register(7);
export const R8 = new Register(8);
export const R9 = new Register(9);
/** The end of the stack: 512 bytes lie below it. Read only. */
export const FRAME = new Register(10);

export interface Instruction {
  readonly opcode: number;
  /** Register numbers. In a load of 64 bits, `src` says what the immediate means (BPF_PSEUDO_*). */
  readonly dst: number;
  readonly src: number;
  /** Signed 16 bits: bytes for loads and stores, instructions for jumps. */
  readonly offset: number;
  /** Signed 32 bits. */
  readonly immediate: number;
}

/** Bits 0 to 2 of an opcode. */
export const CLASS = { ld: 0, ldx: 1, st: 2, stx: 3, alu32: 4, jmp: 5, jmp32: 6, alu64: 7 } as const;
/** Bit 3 of arithmetic and jumps: the operand is a register. */
export const FROM_REGISTER = 8;
/** Bits 5 to 7 of loads and stores. */
export const MODE = { immediate: 0x00, memory: 0x60, atomic: 0xc0 } as const;
/** Bits 3 and 4 of loads and stores, by width in bits. */
export const WIDTH = { 8: 0x10, 16: 0x08, 32: 0x00, 64: 0x18 } as const;
export type Width = keyof typeof WIDTH;

export const ALU = {
  '+=': 0x00,
  '-=': 0x10,
  '*=': 0x20,
  '/=': 0x30,
  '|=': 0x40,
  '&=': 0x50,
  '<<=': 0x60,
  '>>=': 0x70,
  '%=': 0x90,
  '^=': 0xa0,
  '=': 0xb0,
  's>>=': 0xc0,
} as const;
export type AluOperator = keyof typeof ALU;

/** Comparisons are of unsigned numbers, except those with an `s`; `&` asks for a common bit. */
export const JUMP = {
  '==': 0x10,
  '>': 0x20,
  '>=': 0x30,
  '&': 0x40,
  '!=': 0x50,
  's>': 0x60,
  's>=': 0x70,
  '<': 0xa0,
  '<=': 0xb0,
  's<': 0xc0,
  's<=': 0xd0,
} as const;
export type Comparison = keyof typeof JUMP;

export const JUMP_ALWAYS = 0x05;
export const CALL = 0x85;
export const EXIT = 0x95;
/** Takes two slots; the second holds the upper half of the number and is otherwise zero. */
export const LOAD_64 = 0x18;
/** What the immediate of LOAD_64 means, in its source register field (uapi/linux/bpf.h). */
export const PSEUDO = { number: 0, mapFd: 1, mapValue: 2 } as const;
/** The immediate of an atomic store that adds. */
export const ATOMIC_ADD = 0x00;
/** Of one that exchanges, and orders all that comes before it (Linux 5.12). */
export const ATOMIC_EXCHANGE = 0xe1;

export const INSTRUCTION_BYTES = 8;

/** The bytes that bpf(2) takes on a little-endian machine. */
export function encode(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  instructions.forEach(({ opcode, dst, src, offset, immediate }, i) => {
    const at = i * INSTRUCTION_BYTES;
    view.setUint8(at, opcode);
    view.setUint8(at + 1, dst | (src << 4));
    view.setInt16(at + 2, offset, true);
    view.setInt32(at + 4, immediate, true);
  });
  return bytes;
}

/** The instruction in the notation of the kernel's verifier log: `r1 = *(u64 *)(r6 +2336)`. */
export function describe(instruction: Instruction): string {
  const { opcode, dst, src, offset, immediate } = instruction;
  switch (opcode & 7) {
    case CLASS.alu32:
    case CLASS.alu64:
      return arithmetic(instruction);
    case CLASS.jmp:
    case CLASS.jmp32:
      return jump(instruction);
    case CLASS.ldx:
      return `r${dst} = ${place(opcode, src, offset)}`;
    case CLASS.st:
      return `${place(opcode, dst, offset)} = ${immediate}`;
    case CLASS.stx:
      if ((opcode & 0xe0) !== MODE.atomic) return `${place(opcode, dst, offset)} = r${src}`;
      if (immediate === ATOMIC_EXCHANGE) return `r${src} = xchg(${place(opcode, dst, offset)}, r${src})`;
      return `lock ${place(opcode, dst, offset)} += r${src}`;
    default:
      return opcode === LOAD_64 ? `r${dst} = ${wide(src, immediate)}` : '(second half)';
  }
}

function arithmetic({ opcode, dst, src, immediate }: Instruction): string {
  const letter = (opcode & 7) === CLASS.alu32 ? 'w' : 'r';
  const operator = nameOf(ALU, opcode & 0xf0);
  return `${letter}${dst} ${operator} ${opcode & FROM_REGISTER ? `${letter}${src}` : immediate}`;
}

function jump({ opcode, dst, src, offset, immediate }: Instruction): string {
  if (opcode === EXIT) return 'exit';
  if (opcode === CALL) return `call #${immediate}`;
  const target = `goto pc${offset < 0 ? '' : '+'}${offset}`;
  if (opcode === JUMP_ALWAYS) return target;
  const letter = (opcode & 7) === CLASS.jmp32 ? 'w' : 'r';
  const operand = opcode & FROM_REGISTER ? `${letter}${src}` : immediate;
  return `if ${letter}${dst} ${nameOf(JUMP, opcode & 0xf0)} ${operand} ${target}`;
}

function place(opcode: number, register: number, offset: number): string {
  const bits = nameOf(WIDTH, opcode & 0x18);
  return `*(u${bits} *)(r${register} ${offset < 0 ? '-' : '+'}${Math.abs(offset)})`;
}

function wide(kind: number, immediate: number): string {
  if (kind === PSEUDO.number) return `0x${(immediate >>> 0).toString(16)} ll`;
  return `${kind === PSEUDO.mapFd ? 'map' : 'value of map'} ${immediate}`;
}

function nameOf(table: Readonly<Record<string, number>>, code: number): string {
  return Object.keys(table).find((name) => table[name] === code) ?? `?${code}`;
}
