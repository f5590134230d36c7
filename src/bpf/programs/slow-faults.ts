/**
 * Lets only slow page faults through to the ring of perf samples, and tells of each how it began.
 *
 * At the entry of a fault nothing is written; the beginning is remembered. At its completion, when the latency is known,
 * either nothing is written, or a record of the beginning and, right behind it, the sample of the completion. The
 * beginning holds what a sample cannot: whether the thread slept meanwhile, and, on x86, the error code of the processor.
 * That comes from the tracepoints of the exception, which pass on the same CPU right before the entry; orig_ax of the
 * registers is overwritten by then (arch/x86/entry/entry_64.S, idtentry_body).
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
import { FRAME, R0, R1, R2, R3, R4, R5, R6, R7, R8, R9 } from '../instruction.ts';
import { type KernelTypes, required } from '../kernel-types.ts';
import { type FieldsOf, Layout } from '../layout.ts';
import { CpuValue, EventArray, OwnCounters } from '../maps.ts';
import type { BuiltProgram, Program } from '../program.ts';
import {
  emitFind,
  emitFindOrMake,
  emitLost,
  emitThreadKey,
  type ThreadFields,
  threadFields,
  threadTable,
} from '../thread-table.ts';

export interface SlowFaultsOptions extends SignsWanted {
  /** Faults that took at least so long; 0 for all. */
  readonly overNs: number;
  /** Only faults that had to wait for storage. */
  readonly majorOnly: boolean;
  /** As many threads can be told apart. */
  readonly threads: number;
  /** One more than the highest number a CPU can have. */
  readonly cpus: number;
  /** The faults of all tasks are wanted, not only of those that have perf events. */
  readonly wholeMachine: boolean;
}

/** What is known of a thread's fault while it is being served. */
const OPEN = new Layout({
  /** CLOCK_MONOTONIC; 0 while no fault is being served. */
  sinceNs: 'u64',
  /** Voluntary switches of the thread until then. */
  voluntarySwitches: 'u64',
  errorCode: 'u64',
  /** Bits of FAULT_SIGN. */
  signs: 'u32',
  /** Pages that NUMA balancing had hinted the thread at until then. */
  hintedPages: 'u32',
  cpu: 'u64',
});

/** The last exception on a CPU. */
const EXCEPTION = new Layout({
  /** TID, and in the upper half TGID: as bpf_get_current_pid_tgid gives them, and as THREAD begins. */
  thread: 'u64',
  address: 'u64',
  errorCode: 'u64',
});

/** The record that comes before the sample of a completion. */
export const FAULT_BEGINNING = new Layout({
  /** CLOCK_MONOTONIC. */
  sinceNs: 'u64',
  address: 'u64',
  /** NO_ERROR_CODE where this architecture has none. */
  errorCode: 'u64',
  /** Voluntary switches during the fault: more than 0, and the thread slept. */
  sleeps: 'u64',
  /** Bits of FAULT_SIGN. */
  signs: 'u64',
  /** Where it began. */
  cpu: 'u64',
  /** 1 where it ended as a major fault. */
  major: 'u64',
});

/** All bits set: no processor's code. */
export const NO_ERROR_CODE = 2n ** 64n - 1n;

const LOST = new Layout({
  /** Completions whose beginning is not known: the table was full, or counting began in the middle. */
  orphans: 'u64',
});

export interface BuiltSlowFaults extends BuiltProgram {
  /** The events that take the records, by CPU. */
  readonly output: EventArray;
  readonly lost: OwnCounters<FieldsOf<typeof LOST>>;
}

/** Where things lie on the stack. */
const KEY_AT = -16;
const RECORD_AT = KEY_AT - FAULT_BEGINNING.sizeBytes;

const DROP = 0;
const KEEP = 1;

export const slowFaults: Program<SlowFaultsOptions, BuiltSlowFaults> = {
  name: 'slow-faults',
  purpose: {
    en: 'filters page faults by their latency in the kernel, and tells their error code',
    ko: '커널 안에서 지연 시간으로 페이지 폴트를 걸러 내고 오류 코드를 알립니다',
  },
  since: [5, 11],
  build(types, options) {
    const { table: open, empty } = threadTable('open', OPEN, options.threads);
    const output = new EventArray('output', options.cpus);
    const lost = new OwnCounters('lost', LOST);
    const context = contextOf(types, options);
    const part = (name: string, event: 'page-faults' | 'minor-faults' | 'major-faults', code: Assembly) => ({
      name,
      attachment: { kind: 'perf-event', event } as const,
      code,
    });
    const keepMinor = !options.majorOnly;
    const exceptions = context.hasExceptions ? EXCEPTION_MAPS : [];
    return {
      parts: [
        ...exceptions.map(({ tracepoint, map }, i) => ({
          name: `keel_exception${i}`,
          attachment: { kind: 'tracepoint', name: tracepoint } as const,
          code: exceptionCode(map),
        })),
        part('keel_slow_in', 'page-faults', entryCode(context)),
        part(
          'keel_slow_min',
          'minor-faults',
          completionCode(context, options.overNs, keepMinor ? 'minor' : null),
        ),
        part('keel_slow_maj', 'major-faults', completionCode(context, options.overNs, 'major')),
        ...signParts(types, options, 'keel_slow', { signs: signsOf(context, options), shift: 0 }),
      ],
      maps: [open, empty, ...EXCEPTION_MAPS.map(({ map }) => new CpuValue(map, EXCEPTION)), output, lost],
      output,
      lost,
    };
  },
};

/**
 * The last exception of each mode on a CPU. They are kept apart because reading the stack for a callchain may fault
 * in the kernel, between the exception in user mode and the event that asks for its code.
 */
const EXCEPTION_MAPS = [
  { tracepoint: 'page_fault_user', map: 'in_user' },
  { tracepoint: 'page_fault_kernel', map: 'in_kernel' },
] as const;

interface Context {
  readonly thread: ThreadFields;
  /** In task_struct. */
  readonly voluntarySwitches: number;
  readonly perfContext: number;
  /** null where no NUMA hints are to be told. */
  readonly hintCounters: number | null;
  /** In bpf_perf_event_data. */
  readonly address: number;
  readonly hasExceptions: boolean;
}

function contextOf(types: KernelTypes, wanted: SignsWanted): Context {
  const data = 'bpf_perf_event_data';
  return {
    thread: threadFields(types),
    voluntarySwitches: required(types.member('task_struct', ['nvcsw'])).offsetBytes,
    perfContext: required(types.member('task_struct', ['perf_event_ctxp'])).offsetBytes,
    hintCounters: hintCounters(types, wanted),
    address: required(types.member(data, ['addr'])).offsetBytes,
    hasExceptions: EXCEPTION_MAPS.every(
      ({ tracepoint }) => typeof types.typeId('typedef', `btf_trace_${tracepoint}`) === 'number',
    ),
  };
}

/** Of the task in R7, where a fault of it is being served. */
function signsOf(context: Context, { wholeMachine }: SlowFaultsOptions): EmitSigns {
  return (code) => {
    if (!wholeMachine) {
      code.note('it has perf events').load(64, R1, R7, context.perfContext).jumpIf(R1, '==', 0, 'end');
    }
    emitThreadKey(code, context.thread, R7, KEY_AT);
    emitFind(code, 'open', KEY_AT, 'end');
    code.note('its fault').load(64, R1, R9, OPEN.offset('sinceNs')).jumpIf(R1, '==', 0, 'end');
    code.compute(R9, '+=', OPEN.offset('signs'));
  };
}

/** The clock is read as late as possible here, and as early as possible at the completion. */
function entryCode(context: Context): Assembly {
  const put = (field: keyof FieldsOf<typeof OPEN>) => OPEN.offset(field);
  const code = new Assembler().label('start').set(R6, R1);
  code.note('the current task').call('get_current_task_btf').set(R7, R0);
  emitThreadKey(code, context.thread, R7, KEY_AT);
  emitFindOrMake(code, 'open', KEY_AT, 'end');
  code.label('begin').note('task->nvcsw').load(64, R1, R7, context.voluntarySwitches);
  code.store(64, R9, put('voluntarySwitches'), R1);
  code.store(64, R9, put('errorCode'), -1).store(32, R9, put('signs'), 0);
  if (context.hintCounters !== null) {
    emitHintedPages(code, context.hintCounters, R7, R1);
    code.store(32, R9, put('hintedPages'), R1);
  }
  if (context.hasExceptions) emitTakeErrorCode(code, context);
  code.label('then');
  code.note('which CPU').call('get_smp_processor_id').store(64, R9, put('cpu'), R0);
  code.note('now').call('ktime_get_ns').store(64, R9, put('sinceNs'), R0);
  return code.label('end').set(R0, DROP).exit().assemble();
}

/** Only that of this very fault: the thread may have left its CPU since the exception. */
function emitTakeErrorCode(code: Assembler, context: Context): void {
  for (const { map } of EXCEPTION_MAPS) {
    const next = `not_${map}`;
    emitException(code, map, next);
    code.note('the same address').load(64, R1, R0, EXCEPTION.offset('address'));
    code.load(64, R2, R6, context.address).jumpIf(R1, '!=', R2, next);
    code.note('the same thread').load(64, R1, R0, EXCEPTION.offset('thread')).load(64, R2, FRAME, KEY_AT);
    code.jumpIf(R1, '!=', R2, next).load(64, R1, R0, EXCEPTION.offset('errorCode'));
    code.store(64, R9, OPEN.offset('errorCode'), R1).jump('then').label(next);
  }
}

/** page_fault_user(address, registers, error code), page_fault_kernel(the same): arch/x86/include/asm/trace/exceptions.h */
function exceptionCode(map: string): Assembly {
  const code = new Assembler().label('start').set(R6, R1);
  emitException(code, map, 'end');
  code.label('note').set(R7, R0).load(64, R1, R6, 0).store(64, R7, EXCEPTION.offset('address'), R1);
  code.note('the error code').load(64, R1, R6, 16).store(64, R7, EXCEPTION.offset('errorCode'), R1);
  code.note('whose').call('get_current_pid_tgid').store(64, R7, EXCEPTION.offset('thread'), R0);
  return code.label('end').set(R0, 0).exit().assemble();
}

/** Leaves the address of this CPU's last exception in R0. */
function emitException(code: Assembler, map: string, otherwise: string): void {
  code.note('the last exception here').store(64, FRAME, RECORD_AT, 0).mapAddress(R1, map);
  code.set(R2, FRAME).compute(R2, '+=', RECORD_AT).call('map_lookup_elem').jumpIf(R0, '==', 0, otherwise);
}

/** @param keeps what to tell a fault as; null: only that it is over */
function completionCode(context: Context, overNs: number, keeps: 'minor' | 'major' | null): Assembly {
  const code = new Assembler().label('start').set(R6, R1);
  code.note('now').call('ktime_get_ns').set(R8, R0);
  code.note('the current task').call('get_current_task_btf').set(R7, R0);
  emitThreadKey(code, context.thread, R7, KEY_AT);
  emitFind(code, 'open', KEY_AT, 'orphan');
  code.label('complete').note('since when').load(64, R1, R9, OPEN.offset('sinceNs'));
  code.jumpIf(R1, '==', 0, 'orphan').store(64, R9, OPEN.offset('sinceNs'), 0);
  if (keeps !== null) emitTell(code, context, overNs, keeps);
  code.label('end').set(R0, DROP).exit();
  emitLost(code, 'orphan', LOST.offset('orphans'));
  return code.assemble();
}

/** R1 is the time it began, R6 the context, R7 the task, R8 the time now, R9 what is known of the fault. */
function emitTell(code: Assembler, context: Context, overNs: number, kind: 'minor' | 'major'): void {
  const put = (field: keyof FieldsOf<typeof FAULT_BEGINNING>) => RECORD_AT + FAULT_BEGINNING.offset(field);
  code.store(64, FRAME, put('sinceNs'), R1).note('how long').compute(R8, '-=', R1).set64(R2, BigInt(overNs));
  code.jumpIf(R8, 's<', R2, 'end');
  code
    .label('tell')
    .note('the address')
    .load(64, R1, R6, context.address)
    .store(64, FRAME, put('address'), R1);
  code.note('what the entry knew').load(64, R1, R9, OPEN.offset('errorCode'));
  code.store(64, FRAME, put('errorCode'), R1).load(64, R1, R9, OPEN.offset('cpu'));
  code.store(64, FRAME, put('cpu'), R1).store(64, FRAME, put('major'), kind === 'major' ? 1 : 0);
  code.note('task->nvcsw').load(64, R1, R7, context.voluntarySwitches);
  code.load(64, R2, R9, OPEN.offset('voluntarySwitches')).compute(R1, '-=', R2);
  code.store(64, FRAME, put('sleeps'), R1);
  if (context.hintCounters !== null) {
    const signs = [R9, OPEN.offset('signs')] as const;
    const before = [R9, OPEN.offset('hintedPages')] as const;
    emitHintSign(code, context.hintCounters, R7, { before, word: signs, shift: 0 });
  }
  code.note('its signs').load(32, R1, R9, OPEN.offset('signs')).store(64, FRAME, put('signs'), R1);
  // BPF_F_CURRENT_CPU. What finds no room there is counted by the ring itself.
  code.note('into the ring').set(R1, R6).mapAddress(R2, 'output').set64(R3, 0xffff_ffffn);
  code.set(R4, FRAME).compute(R4, '+=', RECORD_AT).set(R5, FAULT_BEGINNING.sizeBytes);
  code.call('perf_event_output').set(R0, KEEP).exit();
}
