/**
 * Builds a BPF program from readable steps: named registers, labels, notes, maps and helpers by name.
 *
 *     const code = new Assembler();
 *     code.note('the task of this visit').load(64, R6, R1, offsetOfTask);
 *     code.jumpIf(R6, '==', 0, 'end');
 *     ...
 *     code.label('end').set(R0, 0).exit();
 *     const { instructions } = code.assemble();
 *
 * Each instruction remembers the label it stands under and the note it got, so that a rejection by the verifier can be
 * told in words (verifier-log.ts). Maps stay names until the program is loaded (link).
 */
import { HELPER_CALLS, type HelperName, helperName } from './helper-calls.ts';
import {
  ALU,
  type AluOperator,
  ATOMIC_ADD,
  ATOMIC_EXCHANGE,
  CALL,
  CLASS,
  type Comparison,
  describe,
  EXIT,
  FROM_REGISTER,
  type Instruction,
  JUMP,
  JUMP_ALWAYS,
  LOAD_64,
  MODE,
  PSEUDO,
  Register,
  WIDTH,
  type Width,
} from './instruction.ts';

/** A mistake in a program of ours: never the fault of a user or of a kernel. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
}

/** Where an instruction comes from, for messages. */
export interface Origin {
  readonly label: string | null;
  readonly note: string | null;
}

/** A place that needs the descriptor of a map. */
export interface MapReference {
  /** Index of the first of the two slots. */
  readonly slot: number;
  readonly map: string;
}

export interface Assembly {
  /** One per slot; a load of 64 bits takes two. */
  readonly instructions: readonly Instruction[];
  readonly origins: readonly Origin[];
  readonly maps: readonly MapReference[];
  readonly helpers: readonly HelperName[];
}

interface PendingJump {
  readonly slot: number;
  readonly label: string;
}

/** The kernel refuses more for users without CAP_BPF (BPF_MAXINSNS); none of ours comes near. */
const MOST_SLOTS = 4096;

export class Assembler {
  readonly #instructions: Instruction[] = [];
  readonly #origins: Origin[] = [];
  readonly #labels = new Map<string, number>();
  readonly #jumps: PendingJump[] = [];
  readonly #maps: MapReference[] = [];
  readonly #helpers = new Set<HelperName>();
  #label: string | null = null;
  #note: string | null = null;

  /** Names the next instruction. @throws AssemblyError for a name used twice */
  label(name: string): this {
    if (this.#labels.has(name)) throw new AssemblyError(`the label ${name} is defined twice`);
    this.#labels.set(name, this.#instructions.length);
    this.#label = name;
    this.#note = null;
    return this;
  }

  /** Says what the instructions up to the next note or label are for. */
  note(text: string): this {
    this.#note = text;
    return this;
  }

  /** 64-bit arithmetic: `compute(R1, '+=', 8)`. */
  compute(dst: Register, operator: AluOperator, operand: Register | number): this {
    return this.#withOperand(CLASS.alu64 | ALU[operator], dst, operand, 0);
  }

  /** Arithmetic on the lower half; the upper half becomes zero. */
  compute32(dst: Register, operator: AluOperator, operand: Register | number): this {
    return this.#withOperand(CLASS.alu32 | ALU[operator], dst, operand, 0);
  }

  set(dst: Register, value: Register | number): this {
    return this.compute(dst, '=', value);
  }

  /** A number of 64 bits; takes two slots. */
  set64(dst: Register, value: bigint): this {
    const bits = BigInt.asUintN(64, value);
    const low = Number(BigInt.asIntN(32, bits));
    return this.#wide(dst, PSEUDO.number, low, Number(BigInt.asIntN(32, bits >> 32n)));
  }

  load(width: Width, dst: Register, base: Register, offset: number): this {
    return this.#emit(CLASS.ldx | MODE.memory | WIDTH[width], dst, base, offset, 0);
  }

  store(width: Width, base: Register, offset: number, value: Register | number): this {
    if (value instanceof Register)
      return this.#emit(CLASS.stx | MODE.memory | WIDTH[width], base, value, offset, 0);
    return this.#emit(CLASS.st | MODE.memory | WIDTH[width], base, null, offset, value);
  }

  atomicAdd(width: 32 | 64, base: Register, offset: number, value: Register): this {
    return this.#emit(CLASS.stx | MODE.atomic | WIDTH[width], base, value, offset, ATOMIC_ADD);
  }

  /**
   * Puts `value` there, and what was there into `value`. All that was stored before is seen by whoever sees this
   * (Linux 5.12).
   */
  exchange(width: 32 | 64, base: Register, offset: number, value: Register): this {
    return this.#emit(CLASS.stx | MODE.atomic | WIDTH[width], base, value, offset, ATOMIC_EXCHANGE);
  }

  jump(label: string): this {
    this.#jumps.push({ slot: this.#instructions.length, label });
    return this.#emit(JUMP_ALWAYS, null, null, 0, 0);
  }

  jumpIf(left: Register, comparison: Comparison, right: Register | number, label: string): this {
    this.#jumps.push({ slot: this.#instructions.length, label });
    return this.#withOperand(CLASS.jmp | JUMP[comparison], left, right, 0);
  }

  /** The map itself, as helpers take it. */
  mapAddress(dst: Register, map: string): this {
    this.#maps.push({ slot: this.#instructions.length, map });
    return this.#wide(dst, PSEUDO.mapFd, 0, 0);
  }

  /** The address of a byte of the only value of an array map (Linux 5.2): no call, no null check. */
  mapValue(dst: Register, map: string, offset: number): this {
    this.#maps.push({ slot: this.#instructions.length, map });
    return this.#wide(dst, PSEUDO.mapValue, 0, offset);
  }

  call(helper: HelperName): this {
    this.#helpers.add(helper);
    return this.#emit(CALL, null, null, 0, HELPER_CALLS[helper].number);
  }

  exit(): this {
    return this.#emit(EXIT, null, null, 0, 0);
  }

  /** @throws AssemblyError for undefined labels, jumps that are too far, a program that may run past its end */
  assemble(): Assembly {
    const count = this.#instructions.length;
    const last = this.#instructions.at(-1);
    if (last?.opcode !== EXIT && last?.opcode !== JUMP_ALWAYS)
      throw new AssemblyError('the program does not end with exit or a jump');
    if (!this.#instructions.some((one) => one.opcode === EXIT)) throw new AssemblyError('no exit');
    if (count > MOST_SLOTS) throw new AssemblyError(`${count} instructions; ${MOST_SLOTS} at most`);
    const instructions = [...this.#instructions];
    for (const { slot, label } of this.#jumps) {
      const target = this.#labels.get(label);
      if (target === undefined) throw new AssemblyError(`the label ${label} is not defined`);
      if (target >= count) throw new AssemblyError(`nothing follows the label ${label}`);
      const jump = instructions[slot] as Instruction;
      instructions[slot] = { ...jump, offset: inRange(target - slot - 1, 16, `the jump to ${label}`) };
    }
    return { instructions, origins: [...this.#origins], maps: [...this.#maps], helpers: [...this.#helpers] };
  }

  #withOperand(opcode: number, dst: Register, operand: Register | number, offset: number): this {
    if (operand instanceof Register) return this.#emit(opcode | FROM_REGISTER, dst, operand, offset, 0);
    return this.#emit(opcode, dst, null, offset, operand);
  }

  #wide(dst: Register, kind: number, low: number, high: number): this {
    this.#emit(LOAD_64, dst, new Register(kind), 0, low);
    return this.#emit(0, null, null, 0, high);
  }

  #emit(opcode: number, dst: Register | null, src: Register | null, offset: number, immediate: number): this {
    const writesFrame = dst?.number === 10 && ![CLASS.st, CLASS.stx].includes((opcode & 7) as 2 | 3);
    if (writesFrame && (opcode & 7) !== CLASS.jmp) throw new AssemblyError('the frame register is read only');
    this.#instructions.push({
      opcode,
      dst: dst?.number ?? 0,
      src: src?.number ?? 0,
      offset: inRange(offset, 16, 'an offset'),
      immediate: inRange(immediate, 32, 'an immediate'),
    });
    this.#origins.push({ label: this.#label, note: this.#note });
    return this;
  }
}

function inRange(value: number, bits: 16 | 32, what: string): number {
  const limit = 2 ** (bits - 1);
  if (Number.isInteger(value) && value >= -limit && value < limit) return value;
  throw new AssemblyError(`${what} does not fit into ${bits} bits: ${value}`);
}

/** The instructions with the descriptors of the maps filled in. @throws AssemblyError for a map not in the table */
export function link(assembly: Assembly, mapFds: ReadonlyMap<string, number>): readonly Instruction[] {
  const instructions = [...assembly.instructions];
  for (const { slot, map } of assembly.maps) {
    const fd = mapFds.get(map);
    if (fd === undefined) throw new AssemblyError(`the map ${map} is not defined`);
    instructions[slot] = { ...(instructions[slot] as Instruction), immediate: fd };
  }
  return instructions;
}

/** The program as text, one line per slot, labels and notes included: for messages, golden files and reviews. */
export function listing(assembly: Assembly): string {
  const mapAt = new Map(assembly.maps.map(({ slot, map }) => [slot, map]));
  const lines: string[] = [];
  assembly.instructions.forEach((instruction, slot) => {
    const [before, origin] = [assembly.origins[slot - 1], assembly.origins[slot]];
    if (origin?.label !== before?.label && origin?.label) lines.push(`${origin.label}:`);
    if (origin?.note !== before?.note && origin?.note) lines.push(`  ; ${origin.note}`);
    lines.push(`${String(slot).padStart(4)}  ${textOf(instruction, mapAt.get(slot))}`);
  });
  return `${lines.join('\n')}\n`;
}

/** As the verifier writes it, with names in the place of numbers where we know them. */
export function textOf(instruction: Instruction, map: string | undefined): string {
  if (instruction.opcode === CALL) return `call ${helperName(instruction.immediate)}`;
  if (map === undefined) return describe(instruction);
  return `r${instruction.dst} = ${instruction.src === PSEUDO.mapFd ? 'map' : 'value of map'} ${map}`;
}
