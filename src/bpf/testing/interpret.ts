/** Runs instructions that only compute and jump, for tests of what they compute. */
import { ALU, CLASS, EXIT, FROM_REGISTER, type Instruction, JUMP, JUMP_ALWAYS } from '../instruction.ts';

/** @returns the registers at the exit. @throws Error for an instruction that touches memory or calls */
export function interpret(instructions: readonly Instruction[], registers: readonly bigint[]): bigint[] {
  const values = [...registers];
  for (let at = 0; ; at += 1) {
    const one = instructions[at];
    if (one === undefined) throw new Error('ran past the end');
    if (one.opcode === EXIT) return values;
    const left = values[one.dst] ?? 0n;
    const right =
      one.opcode & FROM_REGISTER ? (values[one.src] ?? 0n) : BigInt.asUintN(64, BigInt(one.immediate));
    if (one.opcode === JUMP_ALWAYS) at += one.offset;
    else if ((one.opcode & 7) === CLASS.jmp) at += compare(one.opcode & 0xf0, left, right) ? one.offset : 0;
    else if ((one.opcode & 7) === CLASS.alu64) values[one.dst] = compute(one.opcode & 0xf0, left, right);
    else throw new Error(`opcode ${one.opcode}`);
  }
}

function compute(operator: number, left: bigint, right: bigint): bigint {
  if (operator === ALU['=']) return right;
  if (operator === ALU['+=']) return BigInt.asUintN(64, left + right);
  if (operator === ALU['>>=']) return left >> right;
  throw new Error(`operator ${operator}`);
}

function compare(operator: number, left: bigint, right: bigint): boolean {
  if (operator === JUMP['==']) return left === right;
  if (operator === JUMP['<']) return left < right;
  throw new Error(`comparison ${operator}`);
}
