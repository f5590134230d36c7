/**
 * How long each thread was runnable and had to wait, counted in the kernel: from its wake-up, or from the moment it was
 * taken off a CPU though it wanted to go on, to its next turn.
 *
 * The kernel's own run_delay counts less for short waits: where a wake-up preempts at once it does not read its clock
 * again. Under competition both agree.
 *
 * Waits over a limit are told one by one, with the task that had the CPU last before the wait was over. Of several that
 * took turns it is one; `keel late` looks at each.
 */
import { Assembler, type Assembly } from '../assembler.ts';
import { FRAME, R0, R1, R2, R3, R4, R6, R7, R8, type Register } from '../instruction.ts';
import { firstMember, type KernelTypes, required } from '../kernel-types.ts';
import { emitAddLatency, LATENCY } from '../latency.ts';
import { type FieldsOf, Layout } from '../layout.ts';
import { OwnCounters, QueueMap, TableMap } from '../maps.ts';
import type { BuiltProgram, Program } from '../program.ts';
import {
  emitFindOrMake,
  emitLost,
  emitThreadKey,
  type THREAD,
  threadFields,
  threadTable,
} from '../thread-table.ts';
import { emitUnlessThrottled, throttleFields } from '../throttled.ts';

export interface RunDelayOptions {
  /** Only the threads of this process; null for all. */
  readonly tgid: number | null;
  /** Waits of at least so long are told one by one; null for none. */
  readonly overNs: number | null;
  /** As many threads can be told apart; each takes some 500 bytes. */
  readonly threads: number;
}

const WAITING = new Layout({ tid: 'u64' });
const SINCE = new Layout({
  sinceNs: 'u64',
  /** 1 where its group had no quota left when the wait began. */
  throttled: 'u64',
});

const SLOW_WAIT = new Layout({
  /** CLOCK_MONOTONIC when it began. */
  timeNs: 'u64',
  delayNs: 'u64',
  throttled: 'u64',
  tid: 'u32',
  tgid: 'u32',
  /** Who left the CPU to the thread; 0 for the idle task. */
  byTid: 'u32',
  byTgid: 'u32',
  byComm: { counters: 2 },
});

/** Slow waits that wait to be read. */
const QUEUE_ENTRIES = 4096;

const LOST = new Layout({
  /** Waits that were not counted because a table was full. */
  full: 'u64',
  /**
   * Turns of a thread before which it was not seen to wait. Each thread that waits at the start has one; and some
   * kernels pass the tracepoint by at a few switches (Linux 6.18: up to one in seven of a run, none in most). Where the
   * beginning of a turn is passed by, its wait is neither counted nor told here.
   */
  unseen: 'u64',
  /** Slow waits that found no room in the queue. */
  slow: 'u64',
});

export interface BuiltRunDelay extends BuiltProgram {
  /** By thread; its identity is the id with the start time. Entries of threads that ended remain. */
  readonly delays: TableMap<FieldsOf<typeof THREAD>, FieldsOf<typeof LATENCY>>;
  readonly slow: QueueMap<FieldsOf<typeof SLOW_WAIT>>;
  readonly lost: OwnCounters<FieldsOf<typeof LOST>>;
}

/** Where things lie on the stack. */
const KEY_AT = -16;
const SINCE_AT = KEY_AT - SINCE.sizeBytes;
const RECORD_AT = SINCE_AT - SLOW_WAIT.sizeBytes;

export const runDelay: Program<RunDelayOptions, BuiltRunDelay> = {
  name: 'run-delay',
  purpose: {
    en: 'counts in the kernel how long each thread waited for a CPU, and tells long waits one by one',
    ko: '각 스레드가 CPU를 기다린 시간을 커널 안에서 집계하고, 긴 대기는 하나씩 알립니다',
  },
  since: [5, 8],
  build(types, options) {
    const fields = taskFields(types);
    const { table: delays, empty } = threadTable('delays', LATENCY, options.threads);
    const slow = new QueueMap('slow', SLOW_WAIT, QUEUE_ENTRIES);
    const lost = new OwnCounters('lost', LOST);
    const woken = wokenCode(fields, options);
    const wokenPart = (name: string, tracepoint: string) => ({
      name,
      attachment: { kind: 'tracepoint', name: tracepoint } as const,
      code: woken,
    });
    return {
      parts: [
        wokenPart('keel_wakeup', 'sched_wakeup'),
        wokenPart('keel_wakeup_new', 'sched_wakeup_new'),
        {
          name: 'keel_switch',
          attachment: { kind: 'tracepoint', name: 'sched_switch' },
          code: switchCode(fields, options),
        },
      ],
      maps: [new TableMap('waiting', WAITING, SINCE, options.threads), delays, empty, slow, lost],
      delays,
      slow,
      lost,
    };
  },
};

type TaskFields = ReturnType<typeof taskFields>;

function taskFields(types: KernelTypes) {
  const at = (...paths: (readonly string[])[]) =>
    required(firstMember(types, 'task_struct', paths)).offsetBytes;
  return {
    ...threadFields(types),
    ...throttleFields(types),
    state: at(['__state'], ['state']),
    comm: at(['comm']),
  };
}

/** sched_wakeup(task), sched_wakeup_new(task): it waits from now on, unless it already did. */
function wokenCode(fields: TaskFields, options: RunDelayOptions): Assembly {
  const code = new Assembler();
  code.label('start').load(64, R6, R1, 0);
  emitUnlessTarget(code, fields, R6, options, 'end');
  emitStartWaiting(code, fields, options, IF_NEW);
  return code.label('end').set(R0, 0).exit().assemble();
}

/** sched_switch(preempt, prev, next): one begins to wait, if it could have gone on; one has waited. */
function switchCode(fields: TaskFields, options: RunDelayOptions): Assembly {
  const code = new Assembler();
  code.label('start').load(64, R8, R1, 0).load(64, R6, R1, 8).load(64, R7, R1, 16);
  emitUnlessTarget(code, fields, R6, options, 'next');
  // Preempted in the middle of going to sleep, it keeps the state of a sleeper and stays runnable.
  code.note('prev is runnable if preempted').jumpIf(R8, '!=', 0, 'prev waits');
  code.note('prev->state').load(32, R0, R6, fields.state).jumpIf(R0, '==', 0, 'prev waits');
  // A wake-up that came while it still ran is no wait.
  emitForget(code, fields, R6);
  code.jump('next').label('prev waits');
  emitStartWaiting(code, fields, options, ALWAYS);
  code.label('next');
  emitUnlessTarget(code, fields, R7, options, 'end');
  emitEndWaiting(code, fields);
  if (options.overNs !== null) emitTellSlow(code, fields, options.overNs);
  code.label('end').set(R0, 0).exit();
  emitLost(code, 'unseen', LOST.offset('unseen'));
  emitLost(code, 'full', LOST.offset('full'));
  if (options.overNs !== null) emitLost(code, 'queue full', LOST.offset('slow'));
  return code.assemble();
}

/** BPF_ANY and BPF_NOEXIST. */
const ALWAYS = 0;
const IF_NEW = 1;

/** The idle tasks, one per CPU, are all thread 0 and never wait. */
function emitUnlessTarget(
  code: Assembler,
  fields: TaskFields,
  task: Register,
  { tgid }: RunDelayOptions,
  otherwise: string,
): void {
  code.note('task->tgid').load(32, R0, task, fields.tgid);
  if (tgid === null) code.jumpIf(R0, '==', 0, otherwise);
  else code.jumpIf(R0, '!=', tgid, otherwise);
}

function emitWaitingKey(code: Assembler, fields: TaskFields, task: Register): void {
  code.note('task->pid').load(32, R0, task, fields.tid).store(64, FRAME, KEY_AT, R0);
  code.mapAddress(R1, 'waiting').set(R2, FRAME).compute(R2, '+=', KEY_AT);
}

function emitForget(code: Assembler, fields: TaskFields, task: Register): void {
  emitWaitingKey(code, fields, task);
  code.call('map_delete_elem');
}

/** R6 is the task. A wait that found no room in the table shows when it ends: as unseen. */
function emitStartWaiting(
  code: Assembler,
  fields: TaskFields,
  { overNs }: RunDelayOptions,
  when: typeof ALWAYS | typeof IF_NEW,
): void {
  code.store(64, FRAME, SINCE_AT + SINCE.offset('throttled'), 0);
  if (overNs !== null && emitUnlessThrottled(code, fields, R6, 'has quota'))
    code.store(64, FRAME, SINCE_AT + SINCE.offset('throttled'), 1).label('has quota');
  code
    .note('now')
    .call('ktime_get_ns')
    .store(64, FRAME, SINCE_AT + SINCE.offset('sinceNs'), R0);
  emitWaitingKey(code, fields, R6);
  code.set(R3, FRAME).compute(R3, '+=', SINCE_AT).set(R4, when).call('map_update_elem');
}

/** R7 is the task. */
function emitEndWaiting(code: Assembler, fields: TaskFields): void {
  emitWaitingKey(code, fields, R7);
  code.label('waited').call('map_lookup_elem').jumpIf(R0, '==', 0, 'unseen');
  code.note('since when');
  for (const field of ['sinceNs', 'throttled'] as const) {
    const at = SINCE.offset(field);
    code.load(64, R8, R0, at).store(64, FRAME, SINCE_AT + at, R8);
  }
  emitForget(code, fields, R7);
  code.note('how long').call('ktime_get_ns').set(R8, R0);
  code.load(64, R1, FRAME, SINCE_AT + SINCE.offset('sinceNs'));
  code.compute(R8, '-=', R1).jumpIf(R8, 's>=', 0, 'key').set(R8, 0);
  code.label('key');
  emitThreadKey(code, fields, R7, KEY_AT);
  emitFindOrMake(code, 'delays', KEY_AT, 'full');
  emitAddLatency(code, 0, R8);
}

/** R6 leaves the CPU to R7, which waited R8. */
function emitTellSlow(code: Assembler, fields: TaskFields, overNs: number): void {
  const put = (field: keyof FieldsOf<typeof SLOW_WAIT>) => RECORD_AT + SLOW_WAIT.offset(field);
  code.label('slow?').set64(R1, BigInt(overNs)).jumpIf(R8, '<', R1, 'end');
  code.store(64, FRAME, put('delayNs'), R8);
  code.load(64, R0, FRAME, SINCE_AT + SINCE.offset('sinceNs')).store(64, FRAME, put('timeNs'), R0);
  code.load(64, R0, FRAME, SINCE_AT + SINCE.offset('throttled')).store(64, FRAME, put('throttled'), R0);
  code.note('tid and tgid').load(64, R0, FRAME, KEY_AT).store(64, FRAME, put('tid'), R0);
  code.note('who had the CPU').load(32, R0, R6, fields.tid).store(32, FRAME, put('byTid'), R0);
  code.load(32, R0, R6, fields.tgid).store(32, FRAME, put('byTgid'), R0);
  for (const at of [0, 8]) code.load(64, R0, R6, fields.comm + at).store(64, FRAME, put('byComm') + at, R0);
  code.note('into the queue').mapAddress(R1, 'slow').set(R2, FRAME).compute(R2, '+=', RECORD_AT).set(R3, 0);
  code.call('map_push_elem').jumpIf(R0, '!=', 0, 'queue full');
}
