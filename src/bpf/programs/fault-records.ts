/**
 * Every page fault as one record, made in the kernel at its completion.
 *
 * The tracepoints of the exception tell the beginning: time, address and the processor's error code are kept in a slot of
 * the thread. The completion (the perf events minor-faults and major-faults, which only the targets have) writes one
 * record into a buffer of its CPU that we map: nothing is copied twice, no lock is taken, and what finds no room is
 * counted here, exactly.
 *
 * A buffer is a ring whose records do not wrap: where the next one might not fit before the end, a record of padding
 * fills it. The program moves `head`, the reader `tail`; both only grow.
 */
import { Assembler, type Assembly } from '../assembler.ts';
import {
  type EmitSigns,
  emitHintedPages,
  emitHintSign,
  hintCounters,
  type SignsWanted,
  signParts,
} from '../fault-signs.ts';
import { FRAME, R0, R1, R2, R3, R4, R6, R7, R8, R9, type Register } from '../instruction.ts';
import { firstMember, type KernelTypes, required } from '../kernel-types.ts';
import { type FieldsOf, Layout } from '../layout.ts';
import { MappedArray, SharedMemory } from '../maps.ts';
import type { BuiltProgram, Program } from '../program.ts';

export interface FaultRecordsOptions extends SignsWanted {
  /** One more than the highest number a CPU can have. */
  readonly cpus: number;
  /** Of the buffer of each CPU: a power of two, at most 4 MiB, which is what kernels give to one value. */
  readonly bufferBytes: number;
  /** Most callers of a fault; 0 for none. */
  readonly frames: number;
  /** The faults of all tasks are wanted, not only of those that have perf events. */
  readonly wholeMachine: boolean;
  /** Where the page lies in physical memory is asked too. */
  readonly pagePlaces: boolean;
}

/** What is known of a thread's fault while it is being served. */
const SLOT = new Layout({
  /** CLOCK_MONOTONIC; 0 while no fault is being served. */
  sinceNs: 'u64',
  address: 'u64',
  tid: 'u32',
  /** And in the upper half, its signs. */
  errorCode: 'u32',
  /** Voluntary switches of the thread until then; the lower half is enough. */
  voluntarySwitches: 'u32',
  cpu: 'u32',
  /** Pages that NUMA balancing had hinted the thread at until then. */
  hintedPages: 'u32',
  padding: 'u32',
  paddingBehind: { counters: 3 },
});
const SLOT_SHIFT = 6;
/**
 * Threads share a slot only if the lower 16 bits of their ids agree. If both fault at once, the first one's beginning is
 * lost, and counted as an orphan.
 */
const SLOTS = 65_536;

/** The error codes of x86 that concern us lie below; the bits of FAULT_SIGN above. */
export const SIGN_SHIFT = 16;

/** The first word of a record: its size in the lower half, and what it is in the upper half. */
export const RECORD_KIND = { padding: 0, minor: 1, major: 2 } as const;

export const FAULT_RECORD = new Layout({
  sizeAndKind: 'u32',
  /** Where it began. */
  cpu: 'u32',
  /** CLOCK_MONOTONIC. */
  sinceNs: 'u64',
  latencyNs: 'u64',
  address: 'u64',
  /** The instruction that faulted. */
  ip: 'u64',
  tid: 'u32',
  tgid: 'u32',
  /** And from SIGN_SHIFT on, the bits of FAULT_SIGN. */
  errorCode: 'u32',
  /** Voluntary switches during the fault: more than 0, and the thread slept. */
  sleeps: 'u32',
  /** The size of the page, in units of 4 KiB; 0 where the kernel does not tell. */
  pageUnits: 'u32',
  /** The MiB of physical memory that the page lies in; 0 where the kernel does not tell. */
  physicalMebibyte: 'u32',
});
const PAGE_UNIT_SHIFT = 12;
const MEBIBYTE_SHIFT = 20;

/** Shared with the reader, one for each CPU. Who writes what lies on cache lines of its own. */
export const BUFFER_STATE = new Layout({
  /** Bytes written since the start. */
  head: 'u64',
  /** Faults that found no room. */
  lost: 'u64',
  /** Completions whose beginning is not known. */
  orphans: 'u64',
  padding: { counters: 5 },
  /** Bytes that the reader has taken since the start. */
  tail: 'u64',
  paddingBehind: { counters: 7 },
});

export interface BuiltFaultRecords extends BuiltProgram {
  readonly buffers: MappedArray;
  readonly states: MappedArray;
}

/** Where things lie on the stack. */
const CPU_AT = -8;
const STATE_AT = -16;
const HEAD_AT = -24;
const SCRATCH_AT = -32;

/** BPF_F_USER_STACK of bpf_get_stack. */
const USER_STACK = 1 << 8;

export const faultRecords: Program<FaultRecordsOptions, BuiltFaultRecords> = {
  name: 'fault-records',
  purpose: {
    en: 'records every page fault with its latency, error code and callers, one record each',
    ko: '모든 페이지 폴트를 지연 시간, 오류 코드, 호출 경로와 함께 레코드 하나로 기록합니다',
  },
  since: [6, 3],
  build(types, options) {
    const context = contextOf(types, options);
    const signs = signsOf(context, options);
    const buffers = new MappedArray('buffers', options.bufferBytes, options.cpus);
    const states = new MappedArray('states', BUFFER_STATE.sizeBytes, options.cpus);
    const entry = (name: string, tracepoint: string, inKernel: boolean) => ({
      name,
      attachment: { kind: 'tracepoint', name: tracepoint } as const,
      code: entryCode(context, options, inKernel),
    });
    const completion = (name: string, kind: 'minor' | 'major') => ({
      name,
      attachment: { kind: 'perf-event', event: `${kind}-faults` } as const,
      code: completionCode(context, options, kind),
    });
    return {
      parts: [
        entry('keel_rec_user', 'page_fault_user', false),
        entry('keel_rec_kernel', 'page_fault_kernel', true),
        completion('keel_rec_minor', 'minor'),
        completion('keel_rec_major', 'major'),
        ...signParts(types, options, 'keel_rec', { signs, shift: SIGN_SHIFT }),
      ],
      maps: [new SharedMemory('slots', SLOTS * SLOT.sizeBytes), buffers, states],
      buffers,
      states,
    };
  },
};

interface Context {
  /** In task_struct. */
  readonly tid: number;
  readonly tgid: number;
  readonly voluntarySwitches: number;
  readonly perfContext: number;
  readonly faultsDisabled: number;
  /** null where no NUMA hints are to be told. */
  readonly hintCounters: number | null;
  /** In bpf_perf_event_data. */
  readonly address: number;
  readonly ip: number;
  /** In what the kernel passes for it. */
  readonly sample: number;
  /** In perf_sample_data. */
  readonly pageBytes: number;
  readonly physicalAddress: number;
}

function contextOf(types: KernelTypes, wanted: SignsWanted): Context {
  const offset = (struct: string, ...paths: string[][]) =>
    required(firstMember(types, struct, paths)).offsetBytes;
  // Kernels without it fill in the sample only after the program has run (Linux 6.3).
  offset('perf_sample_data', ['dyn_size']);
  return {
    tid: offset('task_struct', ['pid']),
    tgid: offset('task_struct', ['tgid']),
    voluntarySwitches: offset('task_struct', ['nvcsw']),
    perfContext: offset('task_struct', ['perf_event_ctxp']),
    faultsDisabled: offset('task_struct', ['pagefault_disabled']),
    hintCounters: hintCounters(types, wanted),
    address: offset('bpf_perf_event_data', ['addr']),
    ip: offset('bpf_perf_event_data', ['regs', 'ip'], ['regs', 'pc'], ['regs', 'epc']),
    sample: offset('bpf_perf_event_data_kern', ['data']),
    pageBytes: offset('perf_sample_data', ['data_page_size']),
    physicalAddress: offset('perf_sample_data', ['phys_addr']),
  };
}

/** Leaves the address of the slot of the thread whose id is in `tid` in R9. Overwrites R1. */
function emitSlot(code: Assembler, tid: Register): void {
  code
    .note('the slot of the thread')
    .compute32(R1, '=', tid)
    .compute(R1, '&=', SLOTS - 1);
  code.compute(R1, '<<=', SLOT_SHIFT).mapValue(R9, 'slots', 0).compute(R9, '+=', R1);
}

/** Of the task in R7, where a fault of it is being served. */
function signsOf(context: Context, { wholeMachine }: FaultRecordsOptions): EmitSigns {
  return (code) => {
    if (!wholeMachine) {
      code.note('it has perf events').load(64, R1, R7, context.perfContext).jumpIf(R1, '==', 0, 'end');
    }
    code.note('task->pid').load(32, R8, R7, context.tid);
    emitSlot(code, R8);
    code.note('its fault').load(64, R1, R9, SLOT.offset('sinceNs')).jumpIf(R1, '==', 0, 'end');
    code.load(32, R1, R9, SLOT.offset('tid')).jumpIf(R1, '!=', R8, 'end');
    code.compute(R9, '+=', SLOT.offset('errorCode'));
  };
}

/**
 * page_fault_user(address, registers, error code), page_fault_kernel(the same): arch/x86/include/asm/trace/exceptions.h.
 * The clock is read as late as possible here, and as early as possible at the completion.
 */
function entryCode(context: Context, options: FaultRecordsOptions, inKernel: boolean): Assembly {
  const code = new Assembler().label('start').set(R6, R1);
  code.note('the current task').call('get_current_task_btf').set(R7, R0);
  if (!options.wholeMachine) {
    code.note('it has perf events').load(64, R1, R7, context.perfContext).jumpIf(R1, '==', 0, 'end');
  }
  if (inKernel) {
    // Whoever looks at memory that may be absent, such as a reader of stacks, takes no fault.
    code.note('faults are served').load(32, R1, R7, context.faultsDisabled).jumpIf(R1, '!=', 0, 'end');
  }
  code.note('task->pid').load(32, R8, R7, context.tid);
  emitSlot(code, R8);
  code.label('begin').store(32, R9, SLOT.offset('tid'), R8);
  code.note('the address').load(64, R1, R6, 0).store(64, R9, SLOT.offset('address'), R1);
  code
    .note('the error code')
    .load(64, R1, R6, 16)
    .compute(R1, '&=', 2 ** SIGN_SHIFT - 1);
  code.store(32, R9, SLOT.offset('errorCode'), R1);
  if (context.hintCounters !== null) {
    emitHintedPages(code, context.hintCounters, R7, R1);
    code.store(32, R9, SLOT.offset('hintedPages'), R1);
  }
  code.note('task->nvcsw').load(64, R1, R7, context.voluntarySwitches);
  code.store(32, R9, SLOT.offset('voluntarySwitches'), R1);
  code.note('which CPU').call('get_smp_processor_id').store(32, R9, SLOT.offset('cpu'), R0);
  code.note('now').call('ktime_get_ns').store(64, R9, SLOT.offset('sinceNs'), R0);
  emitFetch(code, options);
  return code.label('end').set(R0, 0).exit().assemble();
}

/**
 * Writes to where the next record will begin, so that its cache line comes while the kernel serves the fault: 20 ns less.
 * There is always room for a word: emitRoom leaves more.
 */
function emitFetch(code: Assembler, { bufferBytes }: FaultRecordsOptions): void {
  code.label('fetch').load(32, R1, R9, SLOT.offset('cpu')).store(32, FRAME, CPU_AT, R1);
  emitLookup(code, 'states');
  code.load(64, R8, R0, BUFFER_STATE.offset('head')).compute(R8, '&=', bufferBytes - 8);
  emitLookup(code, 'buffers');
  code.compute(R0, '+=', R8).store(32, R0, 0, 0);
}

function completionCode(context: Context, options: FaultRecordsOptions, kind: 'minor' | 'major'): Assembly {
  const code = new Assembler().label('start').set(R6, R1);
  code.note('now').call('ktime_get_ns').set(R8, R0);
  code.note('the current task').call('get_current_task_btf').set(R7, R0);
  emitState(code);
  emitBeginning(code, context);
  emitRoom(code, options);
  emitRecord(code, context);
  emitPage(code, context, options);
  emitFinish(code, options, kind);
  code.label('end').set(R0, 0).exit();
  emitCount(code, 'orphan', 'orphans');
  emitCount(code, 'full', 'lost');
  return code.assemble();
}

/** Keeps the number of the CPU and the address of its state on the stack. */
function emitState(code: Assembler): void {
  code.label('state').note('which CPU').call('get_smp_processor_id').store(32, FRAME, CPU_AT, R0);
  emitLookup(code, 'states');
  code.store(64, FRAME, STATE_AT, R0);
}

/** Leaves the address of what the map has for this CPU in R0. */
function emitLookup(code: Assembler, map: string): void {
  code.mapAddress(R1, map).set(R2, FRAME).compute(R2, '+=', CPU_AT);
  code.call('map_lookup_elem').jumpIf(R0, '==', 0, 'end');
}

/** Leaves the slot in R9 and the time it began in R4, and closes it. */
function emitBeginning(code: Assembler, context: Context): void {
  code.label('beginning').note('task->pid').load(32, R3, R7, context.tid);
  emitSlot(code, R3);
  code.note('since when').load(64, R4, R9, SLOT.offset('sinceNs')).jumpIf(R4, '==', 0, 'orphan');
  code.note('of this thread').load(32, R1, R9, SLOT.offset('tid')).jumpIf(R1, '!=', R3, 'orphan');
  code.note('for this address').load(64, R1, R9, SLOT.offset('address'));
  code.load(64, R2, R6, context.address).jumpIf(R1, '!=', R2, 'orphan');
}

/** Leaves the place of the record in R0, and the position where it begins on the stack. */
function emitRoom(code: Assembler, options: FaultRecordsOptions): void {
  const { bufferBytes } = options;
  const most = mostRecordBytes(options);
  code.label('room').load(64, R0, FRAME, STATE_AT).load(64, R1, R0, BUFFER_STATE.offset('head'));
  code.load(64, R2, R0, BUFFER_STATE.offset('tail')).set(R3, R1).compute(R3, '-=', R2);
  // Padding may come before the record.
  code.jumpIf(R3, '>', bufferBytes - 2 * most, 'full').store(64, FRAME, HEAD_AT, R1);
  emitLookup(code, 'buffers');
  code.note('behind the last record').load(64, R1, FRAME, HEAD_AT).set(R2, R1);
  code.compute(R2, '&=', bufferBytes - 8).jumpIf(R2, '<=', bufferBytes - most, 'here');
  code.note('padding up to the end').set(R3, bufferBytes).compute(R3, '-=', R2);
  code.compute(R1, '+=', R3).store(64, FRAME, HEAD_AT, R1).set(R4, R0).compute(R4, '+=', R2);
  code.store(32, R4, FAULT_RECORD.offset('sizeAndKind'), R3).set(R2, 0);
  code.label('here').compute(R0, '+=', R2);
}

export function mostRecordBytes({ frames }: Pick<FaultRecordsOptions, 'frames'>): number {
  return FAULT_RECORD.sizeBytes + 8 * frames;
}

/** R0 is the record, R6 the context, R7 the task, R8 the time now, R9 the slot. Leaves the record in R9. */
function emitRecord(code: Assembler, context: Context): void {
  const put = (field: keyof FieldsOf<typeof FAULT_RECORD>) => FAULT_RECORD.offset(field);
  const copy = (width: 32 | 64, from: keyof FieldsOf<typeof SLOT>, to: keyof FieldsOf<typeof FAULT_RECORD>) =>
    code.load(width, R1, R9, SLOT.offset(from)).store(width, R0, put(to), R1);
  code.label('record').note('how long');
  copy(64, 'sinceNs', 'sinceNs');
  code.compute(R8, '-=', R1).store(64, R0, put('latencyNs'), R8);
  code.note('no fault any more').store(64, R9, SLOT.offset('sinceNs'), 0);
  copy(64, 'address', 'address');
  copy(32, 'cpu', 'cpu');
  copy(32, 'errorCode', 'errorCode');
  if (context.hintCounters !== null) {
    emitHintSign(code, context.hintCounters, R7, {
      before: [R9, SLOT.offset('hintedPages')],
      word: [R0, put('errorCode')],
      shift: SIGN_SHIFT,
    });
  }
  code.note('the instruction').load(64, R1, R6, context.ip).store(64, R0, put('ip'), R1);
  code.note('task->pid').load(32, R1, R7, context.tid).store(32, R0, put('tid'), R1);
  code.note('task->tgid').load(32, R1, R7, context.tgid).store(32, R0, put('tgid'), R1);
  code.note('task->nvcsw').load(64, R1, R7, context.voluntarySwitches);
  code.load(32, R2, R9, SLOT.offset('voluntarySwitches')).compute32(R1, '-=', R2);
  code.store(32, R0, put('sleeps'), R1).set(R9, R0);
}

/** The kernel has put what it knows of the page into its own sample, which programs are not shown. */
function emitPage(code: Assembler, context: Context, { pagePlaces }: FaultRecordsOptions): void {
  const read = () => code.set(R1, FRAME).compute(R1, '+=', SCRATCH_AT).set(R2, 8).call('probe_read_kernel');
  code.label('page').note('the sample').set(R3, R6).compute(R3, '+=', context.sample);
  read();
  code.load(64, R8, FRAME, SCRATCH_AT);
  const field = (offset: number, shift: number, to: 'pageUnits' | 'physicalMebibyte') => {
    code.set(R3, R8).compute(R3, '+=', offset);
    read();
    code.load(64, R1, FRAME, SCRATCH_AT).compute(R1, '>>=', shift);
    code.store(32, R9, FAULT_RECORD.offset(to), R1);
  };
  code.note('its page size');
  field(context.pageBytes, PAGE_UNIT_SHIFT, 'pageUnits');
  if (!pagePlaces) return void code.store(32, R9, FAULT_RECORD.offset('physicalMebibyte'), 0);
  code.note('where it lies');
  field(context.physicalAddress, MEBIBYTE_SHIFT, 'physicalMebibyte');
}

/** Adds the callers to the record in R9, and gives it to the reader. */
function emitFinish(code: Assembler, { frames }: FaultRecordsOptions, kind: 'minor' | 'major'): void {
  code.label('finish').set(R8, 0);
  if (frames > 0) {
    code.note('the callers').set(R1, R6).set(R2, R9).compute(R2, '+=', FAULT_RECORD.sizeBytes);
    code
      .set(R3, frames * 8)
      .set(R4, USER_STACK)
      .call('get_stack')
      .jumpIf(R0, 's<', 0, 'give')
      .set(R8, R0);
  }
  code.label('give').compute(R8, '+=', FAULT_RECORD.sizeBytes).set(R1, R8);
  code.compute(R1, '|=', RECORD_KIND[kind] << 16).store(32, R9, FAULT_RECORD.offset('sizeAndKind'), R1);
  code.load(64, R0, FRAME, STATE_AT).load(64, R1, FRAME, HEAD_AT).compute(R1, '+=', R8);
  code.exchange(64, R0, BUFFER_STATE.offset('head'), R1);
}

function emitCount(code: Assembler, label: string, field: 'lost' | 'orphans'): void {
  code.label(label).load(64, R0, FRAME, STATE_AT).load(64, R1, R0, BUFFER_STATE.offset(field));
  code.compute(R1, '+=', 1).store(64, R0, BUFFER_STATE.offset(field), R1).jump('end');
}
