/** What the late programs share: whom they look at, their maps, and the steps that several of them take. */
import type { Assembler } from '../assembler.ts';
import { FRAME, R0, R1, R2, R3, R4, R5, R6, R9, type Register } from '../instruction.ts';
import { firstMember, type KernelTypes, required } from '../kernel-types.ts';
import { type FieldsOf, Layout } from '../layout.ts';
import { CpuValue, EventArray, NumberedValues, OwnCounters, TableMap } from '../maps.ts';
import { throttleFields } from '../throttled.ts';
import { LATE_COUNTS, type LateCounts, TURNS_RECORD, WOKEN_PART } from './records.ts';

export interface LateOptions {
  /** The process to watch. */
  readonly tgid: number;
  /** Only this thread of it; null for all. */
  readonly tid: number | null;
  /** How a thread slept is looked at where it slept at least so long. */
  readonly stackOverNs: number;
  /** Faults that took less are only summed. */
  readonly faultOverNs: number;
  /** Wake-up and wait of a turn that is kept take less: see turns.ts. 0 where all are to be told at once. */
  readonly keepUnderNs: number;
  /** The same where the CPU was idle. */
  readonly keepIdleUnderNs: number;
  /** As many threads can be told apart. */
  readonly threads: number;
  /** One more than the highest number a CPU can have. */
  readonly cpus: number;
}

/** What is known of a thread of the target between its events. */
export const THREAD_STATE = new Layout({
  /** When it went to sleep, or was preempted, CLOCK_MONOTONIC; 0 where that was not seen. */
  asleepNs: 'u64',
  /** One more than the CPU on whose queue it waits; 0 while it does not. */
  queuedOn: 'u64',
  /** When its page fault began; 0 while it is in none. */
  faultNs: 'u64',
  faultAddress: 'u64',
  /** 1 while the thread stands in `untold` of the CPU on whose queue it is. */
  isUntold: 'u64',
  /** Its wake-up, noted but not told yet; times are 0 where there is none. */
  ...WOKEN_PART,
  /** How it goes on behind the turns that are kept (AFTER_TURNS): 0 also while nothing is kept. */
  after: 'u64',
  /** Turns that are kept and over, in `record`. */
  turns: 'u64',
  /** When its turn began, while that is kept. */
  cameNs: 'u64',
  /** Of the kernel stack and the argument with which it slept when it was looked at last. */
  stackHash: 'u64',
  record: TURNS_RECORD,
});

export const WAITING = new Layout({
  /** How many threads of the target wait for a CPU: while any does, its switches and interrupts are told. */
  threads: 'u64',
  /** The thread whose waiting on this queue is not told yet; 0 for none. It is told before all else of this CPU. */
  untold: 'u64',
  /** The one interrupt that came while that thread was being woken or waited; its end is 0 for none. */
  interruptSinceNs: 'u64',
  interruptUntilNs: 'u64',
  interruptId: 'u64',
});

/** The interrupt and the softirq that a CPU is in; times are 0 while it is in none. */
export const INTERRUPT_STATE = new Layout({
  interruptNs: 'u64',
  interruptId: 'u64',
  softirqNs: 'u64',
  softirqId: 'u64',
});

export interface LateMaps {
  readonly threads: TableMap<{ readonly tid: 'u64' }, FieldsOf<typeof THREAD_STATE>>;
  readonly waiting: NumberedValues<FieldsOf<typeof WAITING>>;
  readonly interrupts: CpuValue<FieldsOf<typeof INTERRUPT_STATE>>;
  /** Timers of quotas that have stopped a thread of the target. */
  readonly timers: TableMap<{ readonly address: 'u64' }, { readonly seen: 'u64' }>;
  /** The state of a new thread. */
  readonly fresh: OwnCounters<FieldsOf<typeof THREAD_STATE>>;
  readonly output: EventArray;
  readonly counts: OwnCounters<LateCounts>;
}

const MOST_TIMERS = 64;
/** A turn with a longer sleep is told at once: what is kept is to be told soon. */
export const LONGEST_KEPT_SLEEP_NS = 50_000_000;

export function lateMaps({ threads, cpus }: LateOptions): LateMaps {
  return {
    threads: new TableMap('threads', new Layout({ tid: 'u64' }), THREAD_STATE, threads),
    waiting: new NumberedValues('waiting', WAITING, cpus),
    interrupts: new CpuValue('interrupts', INTERRUPT_STATE),
    timers: new TableMap('timers', new Layout({ address: 'u64' }), new Layout({ seen: 'u64' }), MOST_TIMERS),
    fresh: new OwnCounters('fresh', THREAD_STATE),
    output: new EventArray('output', cpus),
    counts: new OwnCounters('counts', LATE_COUNTS),
  };
}

/** Where things lie in the kernel's structs; null for what a kernel may lack. */
export type LateFields = ReturnType<typeof lateFields>;

export function lateFields(types: KernelTypes) {
  const at = (struct: string, ...paths: (readonly string[])[]) =>
    required(firstMember(types, struct, paths)).offsetBytes;
  const optional = (struct: string, ...path: (string | number)[]) => {
    const member = types.member(struct, path);
    return 'missing' in member ? null : member.offsetBytes;
  };
  return {
    tid: at('task_struct', ['pid']),
    tgid: at('task_struct', ['tgid']),
    comm: at('task_struct', ['comm']),
    state: at('task_struct', ['__state'], ['state']),
    cpu: at('task_struct', ['thread_info', 'cpu'], ['cpu']),
    ...throttleFields(types),
    runQueue: optional('cfs_rq', 'rq'),
    steal: optional('rq', 'prev_steal_time_rq'),
    group: optional('task_struct', 'sched_task_group'),
    parent: optional('task_group', 'parent'),
    quota: optional('task_group', 'cfs_bandwidth', 'quota'),
    timer: optional('task_group', 'cfs_bandwidth', 'period_timer'),
    secondArgument: optional('pt_regs', 'si') ?? optional('user_pt_regs', 'regs', 1),
    eventAddress: at('bpf_perf_event_data', ['addr']),
  };
}

/** Scratch on the stack, above all records. */
export const KEY_AT = -8;
/** The end of the record on the stack: it begins its own size below. */
export const RECORD_END = -16;

/** Goes on where `task` is of the target. Overwrites R0. */
export function emitUnlessTarget(
  code: Assembler,
  fields: LateFields,
  task: Register,
  { tgid, tid }: LateOptions,
  otherwise: string,
): void {
  code
    .note(tid === null ? 'task->tgid' : 'task->pid')
    .load(32, R0, task, tid === null ? fields.tgid : fields.tid);
  code.jumpIf(R0, '!=', tid ?? tgid, otherwise);
}

/** Leaves the state of thread `task` in R0, made where there is none. Overwrites R0 to R5; on to `otherwise` where full. */
export function emitThreadState(
  code: Assembler,
  fields: LateFields,
  task: Register,
  name: string,
  otherwise: string,
): void {
  const lookUp = () => {
    code.mapAddress(R1, 'threads').set(R2, FRAME).compute(R2, '+=', KEY_AT).call('map_lookup_elem');
  };
  code.note('the state of the thread').load(32, R0, task, fields.tid).store(64, FRAME, KEY_AT, R0);
  lookUp();
  code.jumpIf(R0, '!=', 0, `${name} known`).note('a new one');
  code.mapAddress(R1, 'threads').set(R2, FRAME).compute(R2, '+=', KEY_AT);
  code.mapValue(R3, 'fresh', 0).set(R4, 1).call('map_update_elem');
  lookUp();
  code
    .jumpIf(R0, '!=', 0, `${name} known`)
    .note('no room')
    .mapValue(R1, 'counts', LATE_COUNTS.offset('full'));
  code.set(R2, 1).atomicAdd(64, R1, 0, R2).jump(otherwise);
  code.label(`${name} known`);
}

/** Adds to the number of waiting threads of the CPU whose number is in R1. Overwrites R0 to R3. */
export function emitAddWaiting(code: Assembler, change: 1 | -1, name: string): void {
  code.note('threads that wait for that CPU').store(32, FRAME, KEY_AT, R1);
  code.mapAddress(R1, 'waiting').set(R2, FRAME).compute(R2, '+=', KEY_AT).call('map_lookup_elem');
  code.jumpIf(R0, '==', 0, `${name} counted`).set(R1, change).atomicAdd(64, R0, 0, R1);
  if (change < 0) emitLeaveUntold(code, name);
  code.label(`${name} counted`);
}

/** R9 is the state of the thread, R0 the entry of the CPU. */
function emitLeaveUntold(code: Assembler, name: string): void {
  code.load(64, R1, R9, THREAD_STATE.offset('isUntold')).jumpIf(R1, '==', 0, `${name} counted`);
  code.store(64, R0, WAITING.offset('untold'), 0).store(64, R0, WAITING.offset('interruptUntilNs'), 0);
  code.store(64, R9, THREAD_STATE.offset('isUntold'), 0);
}

/** The thread whose state is in R9 waits no more. Overwrites R0 to R3. */
export function emitLeaveQueue(code: Assembler, name: string): void {
  code.load(64, R1, R9, THREAD_STATE.offset('queuedOn')).jumpIf(R1, '==', 0, `${name} off queue`);
  code.store(64, R9, THREAD_STATE.offset('queuedOn'), 0).compute(R1, '+=', -1);
  emitAddWaiting(code, -1, name);
  code.label(`${name} off queue`);
}

/** Goes on where a thread of the target waits for this CPU. Overwrites R0 to R2. */
export function emitUnlessWaiting(code: Assembler, otherwise: string): void {
  code.note('does one wait here').call('get_smp_processor_id').store(32, FRAME, KEY_AT, R0);
  code.mapAddress(R1, 'waiting').set(R2, FRAME).compute(R2, '+=', KEY_AT).call('map_lookup_elem');
  code.jumpIf(R0, '==', 0, otherwise).load(64, R1, R0, 0).jumpIf(R1, 's<=', 0, otherwise);
}

/**
 * Leaves in R3 what the hypervisor took of the CPU of `task`, for what `use` adds, or goes to `otherwise`, which has to
 * follow. Where the kernel does not tell, there is no code at all: what nothing leads to, the verifier refuses. The run
 * queue is reached through the task, because variables of each CPU are not always to be found. Overwrites R3.
 */
export function emitSteal(
  code: Assembler,
  fields: LateFields,
  task: Register,
  otherwise: string,
  use: () => void,
): void {
  const { queue, runQueue, steal } = fields;
  if (queue === null || runQueue === null || steal === null) return;
  code.note('task->se.cfs_rq->rq->prev_steal_time_rq').load(64, R3, task, queue);
  code.jumpIf(R3, '==', 0, otherwise).load(64, R3, R3, runQueue);
  code.jumpIf(R3, '==', 0, otherwise).load(64, R3, R3, steal);
  use();
}

/** Sends the record of so many bytes that lies at `recordAt`; R6 is the context. What finds no room the ring counts. */
export function emitSend(code: Assembler, recordAt: number, bytes: number): void {
  // BPF_F_CURRENT_CPU.
  code.note('into the ring').set(R1, R6).mapAddress(R2, 'output').set64(R3, 0xffff_ffffn);
  code.set(R4, FRAME).compute(R4, '+=', recordAt).set(R5, bytes).call('perf_event_output');
}
