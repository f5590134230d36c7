import { describe, expect, it } from 'vitest';
import { Assembler } from './assembler.ts';
import { R0, R1, R6 } from './instruction.ts';
import { parseVerifierLog, renderRejection } from './verifier-log.ts';

const assembly = new Assembler()
  .label('start')
  .set(R6, R1)
  .label('found')
  .note('load task->mm')
  .load(64, R0, R6, 1136)
  .exit()
  .assemble();

describe('the verifier log', () => {
  // Linux 6.18, 6.1 and 5.10, as they were written.
  it.each([
    [
      `0: R1=ctx() R10=fp0
0: (bf) r6 = r1                       ; R1=ctx() R6_w=ctx()
1: (79) r0 = *(u64 *)(r6 +1136)
invalid bpf_context access off=1136 size=8
processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`,
      'invalid bpf_context access off=1136 size=8',
    ],
    [
      `func 'bpf_iter_task' arg0 has btf_id 100 type STRUCT 'bpf_iter_meta'
1: (79) r0 = *(u64 *)(r6 +1136)
R6 invalid mem access 'scalar'
verification time 51 usec
stack depth 0
processed 2 insns (limit 1000000)
`,
      "R6 invalid mem access 'scalar'",
    ],
    [`1: (79) r0 = *(u64 *)(r6 +1136)\n; a line of source\n`, 'no reason in the log'],
  ])('finds what matters', (log, because) => {
    const rejection = parseVerifierLog(log, assembly);
    expect(rejection).toMatchObject({ slot: 1, label: 'found', note: 'load task->mm', because });
    expect(renderRejection(rejection)).toBe(
      `instruction 1 (label found: load task->mm; r0 = *(u64 *)(r6 +1136)): ${because}`,
    );
  });

  it.each([
    ['', 'no reason in the log'],
    ['unknown opcode 00\n', 'unknown opcode 00'],
  ])('copes with a log that names no instruction: %j', (log, because) => {
    const rejection = parseVerifierLog(log, assembly);
    expect(rejection.slot).toBeNull();
    expect(renderRejection(rejection)).toBe(because);
  });

  it('copes with an instruction that is not ours', () => {
    expect(renderRejection(parseVerifierLog('99: (95) exit\nbad\n', assembly))).toContain('bad');
  });
});
