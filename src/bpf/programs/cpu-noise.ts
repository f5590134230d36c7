/**
 * Who has the CPUs that threads of ours want for themselves: interrupts, softirqs, other tasks; added up in the kernel,
 * each nanosecond to one of them. An interrupt within a softirq, and within another task, is the interrupt's.
 *
 * On x86 the timer and the calls between CPUs have tracepoints of their own; elsewhere they come through
 * irq_handler_entry like all others.
 */
import { isMissing } from '../../base/missing.ts';
import { Assembler, type Assembly } from '../assembler.ts';
import { FRAME, R0, R1, R2, R3, R6, R7, R8, R9 } from '../instruction.ts';
import { firstMember, type KernelTypes, required } from '../kernel-types.ts';
import { type FieldsOf, Layout } from '../layout.ts';
import { TableMap } from '../maps.ts';
import type { BuiltProgram, Program, ProgramPart } from '../program.ts';
import { threadFields } from '../thread-table.ts';

export interface CpuNoiseOptions {
  /** As many CPUs can be watched. */
  readonly cpus: number;
}

const CPU = new Layout({ cpu: 'u64' });

const NOISE = new Layout({
  /** Of our thread: its turns on the CPU are no noise. Written by the loader. */
  tid: 'u64',
  /** When the CPU last changed hands; 0 before the first time. */
  sinceNs: 'u64',
  /** Bits: 1 another task has the CPU, 2 in a softirq, 4 in an interrupt, 8 our thread does not want it. */
  state: 'u64',
  interruptNs: 'u64',
  softirqNs: 'u64',
  tasksNs: 'u64',
  interrupts: 'u64',
  softirqs: 'u64',
  /** Times that another task was put on the CPU in the place of our thread. */
  turns: 'u64',
});

const OTHER_TASK = 1;
const IN_SOFTIRQ = 2;
const IN_INTERRUPT = 4;
const ASLEEP = 8;

export interface BuiltCpuNoise extends BuiltProgram {
  /** By CPU; the loader puts those in that are to be watched. */
  readonly watched: TableMap<FieldsOf<typeof CPU>, FieldsOf<typeof NOISE>>;
}

/** Interrupts that do not pass irq_handler_entry on x86. */
const VECTORS = ['local_timer', 'reschedule', 'call_function', 'call_function_single', 'irq_work'];
const KEY_AT = -8;

export const cpuNoise: Program<CpuNoiseOptions, BuiltCpuNoise> = {
  name: 'cpu-noise',
  purpose: {
    en: 'adds up in the kernel what takes CPUs from measuring threads',
    ko: '측정 스레드에서 CPU를 빼앗는 시간을 커널 안에서 집계합니다',
  },
  since: [5, 8],
  build(types, { cpus }) {
    const watched = new TableMap('watched', CPU, NOISE, cpus);
    const enter = (bit: number, count: 'interrupts' | 'softirqs') =>
      handler((code) => emitState(code, '|=', bit, count));
    const leave = (bit: number) => handler((code) => emitState(code, '&=', ~bit, null));
    const [irqEnter, irqLeave] = [enter(IN_INTERRUPT, 'interrupts'), leave(IN_INTERRUPT)];
    const vectors = VECTORS.filter((name) => !isMissing(types.typeId('typedef', `btf_trace_${name}_entry`)));
    return {
      parts: [
        part('keel_irq_in', 'irq_handler_entry', irqEnter),
        part('keel_irq_out', 'irq_handler_exit', irqLeave),
        part('keel_soft_in', 'softirq_entry', enter(IN_SOFTIRQ, 'softirqs')),
        part('keel_soft_out', 'softirq_exit', leave(IN_SOFTIRQ)),
        part('keel_switch', 'sched_switch', switchCode(types)),
        ...vectors.flatMap((name, i) => [
          part(`keel_vec_in${i}`, `${name}_entry`, irqEnter),
          part(`keel_vec_out${i}`, `${name}_exit`, irqLeave),
        ]),
      ],
      maps: [watched],
      watched,
    };
  },
};

function part(name: string, tracepoint: string, code: Assembly): ProgramPart {
  return { name, attachment: { kind: 'tracepoint', name: tracepoint }, code };
}

/** Charges what went by since the CPU last changed hands, then does `change`. R9 is the value of the CPU. */
function handler(change: (code: Assembler) => void): Assembly {
  const code = new Assembler();
  code.label('start').set(R6, R1);
  code.note('this CPU').call('get_smp_processor_id').store(64, FRAME, KEY_AT, R0);
  code.mapAddress(R1, 'watched').set(R2, FRAME).compute(R2, '+=', KEY_AT).call('map_lookup_elem');
  code.jumpIf(R0, '==', 0, 'end').set(R9, R0);
  code.note('now').call('ktime_get_ns').set(R8, R0);
  code.load(64, R7, R9, NOISE.offset('sinceNs')).store(64, R9, NOISE.offset('sinceNs'), R8);
  code.note('nothing is known of before').jumpIf(R7, '==', 0, 'change');
  code.compute(R8, '-=', R7).jumpIf(R8, 's>=', 0, 'charge').set(R8, 0);
  code.label('charge').load(64, R3, R9, NOISE.offset('state'));
  code.note('asleep').jumpIf(R3, '&', ASLEEP, 'change');
  emitCharge(code, IN_INTERRUPT, 'interruptNs');
  emitCharge(code, IN_SOFTIRQ, 'softirqNs');
  emitCharge(code, OTHER_TASK, 'tasksNs');
  code.label('change');
  change(code);
  return code.label('end').set(R0, 0).exit().assemble();
}

/** To the first that holds; only this CPU writes here, so plain additions do. */
function emitCharge(code: Assembler, bit: number, field: 'interruptNs' | 'softirqNs' | 'tasksNs'): void {
  code.set(R2, R3).compute(R2, '&=', bit).jumpIf(R2, '==', 0, `not ${field}`);
  emitAdd(code, field, R8);
  code.jump('change').label(`not ${field}`);
}

function emitAdd(code: Assembler, field: keyof FieldsOf<typeof NOISE>, amount: typeof R8 | number): void {
  const at = NOISE.offset(field);
  code.load(64, R1, R9, at).compute(R1, '+=', amount).store(64, R9, at, R1);
}

function emitState(
  code: Assembler,
  operator: '|=' | '&=',
  bits: number,
  count: 'interrupts' | 'softirqs' | 'turns' | null,
): void {
  const at = NOISE.offset('state');
  code.load(64, R1, R9, at).compute(R1, operator, bits).store(64, R9, at, R1);
  if (count !== null) emitAdd(code, count, 1);
}

/** sched_switch(preempt, prev, next): our thread comes, or it goes: because it must, or because it sleeps. */
function switchCode(types: KernelTypes): Assembly {
  const { tid } = threadFields(types);
  const state = required(firstMember(types, 'task_struct', [['__state'], ['state']])).offsetBytes;
  return handler((code) => {
    code.load(64, R3, R9, NOISE.offset('tid'));
    code.note('next->pid').load(64, R2, R6, 16).load(32, R2, R2, tid).jumpIf(R2, '==', R3, 'comes');
    code.note('prev->pid').load(64, R7, R6, 8).load(32, R2, R7, tid).jumpIf(R2, '!=', R3, 'end');
    code.note('preempted').load(64, R2, R6, 0).jumpIf(R2, '!=', 0, 'must go');
    code.note('prev->state').load(32, R2, R7, state).jumpIf(R2, '==', 0, 'must go');
    emitState(code, '|=', ASLEEP, null);
    code.jump('end').label('must go');
    emitState(code, '|=', OTHER_TASK, 'turns');
    code.jump('end').label('comes');
    emitState(code, '&=', ~(OTHER_TASK | ASLEEP), null);
  });
}

/** The value that the loader writes for a CPU: all counts begin at 0, the thread sleeps until it is seen to come. */
export function watchedEntry(
  cpu: number,
  tid: number,
): { readonly key: Uint8Array; readonly value: Uint8Array } {
  const [key, value] = [new Uint8Array(CPU.sizeBytes), new Uint8Array(NOISE.sizeBytes)];
  new DataView(key.buffer).setBigUint64(CPU.offset('cpu'), BigInt(cpu), true);
  new DataView(value.buffer).setBigUint64(NOISE.offset('tid'), BigInt(tid), true);
  new DataView(value.buffer).setBigUint64(NOISE.offset('state'), BigInt(ASLEEP), true);
  return { key, value };
}
