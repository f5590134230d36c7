import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { link, listing } from '../assembler.ts';
import { HELPER_CALLS } from '../helper-calls.ts';
import { CLASS, encode, type Instruction } from '../instruction.ts';
import { KernelLacks } from '../kernel-types.ts';
import type { BuiltProgram } from '../program.ts';
import { FIXTURES, fixtureBtf } from '../testing/fixture-btf.ts';
import { FIXTURE_BUILDS } from '../testing/fixture-builds.ts';
import { PROGRAMS } from './index.ts';

const MOST_NAME_BYTES = 15;
const kernels = readdirSync(FIXTURES)
  .filter((file) => file.endsWith('.btf'))
  .map((file) => file.slice(0, -'.btf'.length));

/** Some programs need what older kernels have not; their listing says so. */
function orLack(build: () => BuiltProgram): BuiltProgram | KernelLacks {
  try {
    return build();
  } catch (error) {
    if (error instanceof KernelLacks) return error;
    throw error;
  }
}

const CLASS_BITS = 7;
const [JUMP_ALWAYS, CALL, EXIT, LOAD_64] = [0x05, 0x85, 0x95, 0x18];

/** Where a program may go on behind an instruction: BPF_JMP of linux/bpf_common.h and bpf.h. */
function following({ opcode, offset }: Instruction, at: number): readonly number[] {
  if (opcode === EXIT) return [];
  if (opcode === JUMP_ALWAYS) return [at + 1 + offset];
  if (opcode === CALL || ![CLASS.jmp, CLASS.jmp32].some((one) => one === (opcode & CLASS_BITS))) {
    return [at + (opcode === LOAD_64 ? 2 : 1)];
  }
  return [at + 1, at + 1 + offset];
}

/** The verifier refuses a program with such: "unreachable insn" of check_cfg. */
function unreachable(instructions: readonly Instruction[]): readonly number[] {
  const reached = new Set<number>();
  const next = [0];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    const instruction = instructions[at];
    if (instruction === undefined || reached.has(at)) continue;
    reached.add(at);
    next.push(...following(instruction, at));
  }
  const halves = new Set(
    [...reached].filter((at) => instructions[at]?.opcode === LOAD_64).map((at) => at + 1),
  );
  return instructions.map((_, at) => at).filter((at) => !reached.has(at) && !halves.has(at));
}

describe('the registry of programs', () => {
  it('holds each program of the folder, once', () => {
    const files = readdirSync(import.meta.dirname).filter((file) => !/^index\.|\.test\.ts$/.test(file));
    const named = files.map((file) => file.replace('.ts', ''));
    expect(PROGRAMS.map((program) => program.name).sort()).toEqual(named.sort());
    for (const file of files) {
      expect(readFileSync(join(import.meta.dirname, file), 'utf8')).toContain(
        `name: '${file.replace('.ts', '')}'`,
      );
    }
  });

  it('has every program in the fixtures', () => {
    expect(FIXTURE_BUILDS.map((fixture) => fixture.program.name).sort()).toEqual(
      PROGRAMS.map((program) => program.name).sort(),
    );
  });
});

describe.each(kernels)('built for %s', (kernel) => {
  it.each(FIXTURE_BUILDS.map((fixture) => [fixture.program.name, fixture] as const))(
    '%s is what it was, and needs what it says',
    async (name, { program, build }) => {
      const file = join(FIXTURES, `${kernel}.${name}.txt`);
      const built = orLack(() => build(fixtureBtf(kernel)));
      if (built instanceof KernelLacks) return expect(`${built.message}\n`).toMatchFileSnapshot(file);
      const listings = built.parts.map((part) => `${part.name}\n${listing(part.code)}`).join('\n');
      await expect(listings).toMatchFileSnapshot(file);
      const fds = new Map(built.maps.map((map, i) => [map.name, i + 3]));
      for (const part of built.parts) {
        expect(part.name.length).toBeLessThanOrEqual(MOST_NAME_BYTES);
        expect(unreachable(part.code.instructions), part.name).toEqual([]);
        expect(encode(link(part.code, fds)).length).toBe(part.code.instructions.length * 8);
        for (const helper of part.code.helpers) {
          const [major, minor] = HELPER_CALLS[helper].since;
          expect(program.since[0] * 1000 + program.since[1]).toBeGreaterThanOrEqual(major * 1000 + minor);
        }
      }
      for (const map of built.maps) expect(`keel_${map.name}`.length).toBeLessThanOrEqual(MOST_NAME_BYTES);
    },
  );
});
