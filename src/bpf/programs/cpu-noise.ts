/**
 * Who has the CPUs that threads of ours want for themselves: interrupts, softirqs, other tasks; added up in the kernel,
 * each nanosecond to one of them. An interrupt within a softirq, and within another task, is the interrupt's. Each piece
 * of time that one of them had is told by name too, through the perf ring of the CPU.
 *
 * Which task has the CPU is asked at every event, so a context switch that no tracepoint told of (Linux 6.18 passes some
 * by) is made good by the next event.
 *
 * On x86 the timer and the calls between CPUs have tracepoints of their own; elsewhere they come through
 * irq_handler_entry like all others.
 */
import { isMissing } from '../../base/missing.ts';
import { Assembler, type Assembly } from '../assembler.ts';
import { FRAME, R0, R1, R2, R3, R4, R5, R6, R7, R8, R9 } from '../instruction.ts';
import { firstMember, type KernelTypes, required } from '../kernel-types.ts';
import { CPU_VECTORS, FIRST_VECTOR_ID } from '../late/records.ts';
import { type FieldsOf, Layout } from '../layout.ts';
import { EventArray, TableMap } from '../maps.ts';
import type { BuiltProgram, Program, ProgramPart } from '../program.ts';
import { threadFields } from '../thread-table.ts';

export interface CpuNoiseOptions {
  /** As many CPUs can be watched. */
  readonly cpus: number;
  /** One more than the highest number a CPU can have. */
  readonly possibleCpus: number;
}

const CPU = new Layout({ cpu: 'u64' });

const NOISE = new Layout({
  /** Of our thread: its turns on the CPU are no noise. Written by the loader. */
  tid: 'u64',
  /** When the CPU last changed hands; 0 before the first time. */
  sinceNs: 'u64',
  /** Bits: 2 in a softirq, 4 in an interrupt, 8 our thread does not want it. */
  state: 'u64',
  interruptNs: 'u64',
  softirqNs: 'u64',
  tasksNs: 'u64',
  /** Those that the CPU is in or was in last; numbered as in late/records.ts. */
  interruptId: 'u64',
  softirqId: 'u64',
});

const IN_SOFTIRQ = 2;
const IN_INTERRUPT = 4;
const ASLEEP = 8;

export const NOISE_KIND = { interrupt: 1, softirq: 2, task: 3 } as const;

/** A piece of time that one of them had. */
export const NOISE_PIECE = new Layout({
  kind: 'u32',
  /** Of the interrupt or softirq; the TID of a task. */
  id: 'u32',
  /** CLOCK_MONOTONIC. */
  sinceNs: 'u64',
  lastedNs: 'u64',
  /** Of a task; 0 else. */
  comm0: 'u64',
  comm1: 'u64',
});

export interface BuiltCpuNoise extends BuiltProgram {
  /** By CPU; the loader puts those in that are to be watched. */
  readonly watched: TableMap<FieldsOf<typeof CPU>, FieldsOf<typeof NOISE>>;
  /** Takes the pieces. */
  readonly output: EventArray;
}

const KEY_AT = -8;
const PIECE_AT = KEY_AT - NOISE_PIECE.sizeBytes;
const COMM_BYTES = 16;

export const cpuNoise: Program<CpuNoiseOptions, BuiltCpuNoise> = {
  name: 'cpu-noise',
  purpose: {
    en: 'adds up in the kernel what takes CPUs from measuring threads',
    ko: '측정 스레드에서 CPU를 빼앗는 시간을 커널 안에서 집계합니다',
  },
  since: [5, 8],
  build(types, { cpus, possibleCpus }) {
    const watched = new TableMap('watched', CPU, NOISE, cpus);
    const output = new EventArray('output', possibleCpus);
    const [irqLeave, softLeave] = [leave(IN_INTERRUPT), leave(IN_SOFTIRQ)];
    // Vectors of the CPU do not pass irq_handler_entry on x86; elsewhere there are none.
    const vectors = CPU_VECTORS.map((name, i) => ({ name, i })).filter(
      ({ name }) => !isMissing(types.typeId('typedef', `btf_trace_${name}_entry`)),
    );
    return {
      parts: [
        part('keel_irq_in', 'irq_handler_entry', enter('interrupt', null)),
        part('keel_irq_out', 'irq_handler_exit', irqLeave),
        part('keel_soft_in', 'softirq_entry', enter('softirq', null)),
        part('keel_soft_out', 'softirq_exit', softLeave),
        part('keel_switch', 'sched_switch', switchCode(types)),
        ...vectors.flatMap(({ name, i }) => [
          part(`keel_vec_in${i}`, `${name}_entry`, enter('interrupt', FIRST_VECTOR_ID + i)),
          part(`keel_vec_out${i}`, `${name}_exit`, irqLeave),
        ]),
      ],
      maps: [watched, output],
      watched,
      output,
    };
  },
};

function part(name: string, tracepoint: string, code: Assembly): ProgramPart {
  return { name, attachment: { kind: 'tracepoint', name: tracepoint }, code };
}

/** @param id of a vector; null where the first argument of the tracepoint tells */
function enter(level: 'interrupt' | 'softirq', id: number | null): Assembly {
  const isInterrupt = level === 'interrupt';
  return handler((code) => {
    if (id === null) code.note('its number').load(64, R1, R6, 0).compute32(R1, '=', R1);
    else code.set(R1, id);
    code.store(64, R9, NOISE.offset(isInterrupt ? 'interruptId' : 'softirqId'), R1);
    emitState(code, '|=', isInterrupt ? IN_INTERRUPT : IN_SOFTIRQ);
  });
}

function leave(bit: number): Assembly {
  return handler((code) => emitState(code, '&=', ~bit));
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
  code.note('whose thread it was until now').call('get_current_pid_tgid').compute32(R0, '=', R0);
  code.load(64, R1, R9, NOISE.offset('tid')).jumpIf(R0, '!=', R1, 'not ours');
  emitState(code, '&=', ~ASLEEP);
  code.label('not ours').store(32, FRAME, pieceAt('id'), R0);
  code.note('nothing is known of before').jumpIf(R7, '==', 0, 'change');
  code.compute(R8, '-=', R7).jumpIf(R8, 's<=', 0, 'change');
  emitCharge(code);
  code.label('change');
  change(code);
  return code.label('end').set(R0, 0).exit().assemble();
}

function pieceAt(field: keyof FieldsOf<typeof NOISE_PIECE>): number {
  return PIECE_AT + NOISE_PIECE.offset(field);
}

/** R7 is when it began, R8 how long it was; the TID stands in the piece. Only this CPU writes, so plain additions do. */
function emitCharge(code: Assembler): void {
  code.load(64, R3, R9, NOISE.offset('state')).note('asleep').jumpIf(R3, '&', ASLEEP, 'change');
  code.store(64, FRAME, pieceAt('comm0'), 0).store(64, FRAME, pieceAt('comm1'), 0);
  code.jumpIf(R3, '&', IN_INTERRUPT, 'interrupt').jumpIf(R3, '&', IN_SOFTIRQ, 'softirq');
  code.load(32, R1, FRAME, pieceAt('id')).load(64, R2, R9, NOISE.offset('tid'));
  code.note('ours').jumpIf(R1, '==', R2, 'change');
  emitAdd(code, 'tasksNs', R8);
  code.set(R1, FRAME).compute(R1, '+=', pieceAt('comm0')).set(R2, COMM_BYTES).call('get_current_comm');
  code.store(32, FRAME, pieceAt('kind'), NOISE_KIND.task).jump('tell');
  for (const level of ['interrupt', 'softirq'] as const) {
    code.label(level);
    emitAdd(code, `${level}Ns`, R8);
    code.load(64, R1, R9, NOISE.offset(`${level}Id`)).store(32, FRAME, pieceAt('id'), R1);
    code.store(32, FRAME, pieceAt('kind'), NOISE_KIND[level]).jump('tell');
  }
  code.label('tell').store(64, FRAME, pieceAt('sinceNs'), R7).store(64, FRAME, pieceAt('lastedNs'), R8);
  // BPF_F_CURRENT_CPU.
  code.note('into the ring').set(R1, R6).mapAddress(R2, 'output').set64(R3, 0xffff_ffffn);
  code.set(R4, FRAME).compute(R4, '+=', PIECE_AT).set(R5, NOISE_PIECE.sizeBytes).call('perf_event_output');
}

function emitAdd(code: Assembler, field: keyof FieldsOf<typeof NOISE>, amount: typeof R8): void {
  const at = NOISE.offset(field);
  code.load(64, R1, R9, at).compute(R1, '+=', amount).store(64, R9, at, R1);
}

function emitState(code: Assembler, operator: '|=' | '&=', bits: number): void {
  const at = NOISE.offset('state');
  code.load(64, R1, R9, at).compute(R1, operator, bits).store(64, R9, at, R1);
}

/** sched_switch(preempt, prev, next): our thread goes because it sleeps. That another has the CPU shows by itself. */
function switchCode(types: KernelTypes): Assembly {
  const { tid } = threadFields(types);
  const state = required(firstMember(types, 'task_struct', [['__state'], ['state']])).offsetBytes;
  return handler((code) => {
    code.load(64, R3, R9, NOISE.offset('tid')).note('prev->pid').load(64, R7, R6, 8).load(32, R2, R7, tid);
    code.jumpIf(R2, '!=', R3, 'end').note('preempted').load(64, R2, R6, 0).jumpIf(R2, '!=', 0, 'end');
    code.note('prev->state').load(32, R2, R7, state).jumpIf(R2, '==', 0, 'end');
    emitState(code, '|=', ASLEEP);
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
