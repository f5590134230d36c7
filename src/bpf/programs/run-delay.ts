/**
 * How long each thread was runnable and had to wait, counted in the kernel: from its wake-up, or from the moment it was
 * taken off a CPU though it wanted to go on, to its next turn.
 *
 * The kernel's own run_delay counts less for short waits: where a wake-up preempts at once it does not read its clock
 * again. Under competition both agree.
 */
import { Assembler, type Assembly } from '../assembler.ts';
import { FRAME, R0, R1, R2, R3, R4, R6, R7, R8, type Register } from '../instruction.ts';
import { firstMember, type KernelTypes, required } from '../kernel-types.ts';
import { emitAddLatency, LATENCY } from '../latency.ts';
import { type FieldsOf, Layout } from '../layout.ts';
import { OwnCounters, TableMap } from '../maps.ts';
import type { BuiltProgram, Program } from '../program.ts';
import { emitFindOrMake, emitThreadKey, type THREAD, threadFields, threadTable } from '../thread-table.ts';

export interface RunDelayOptions {
  /** Only the threads of this process; null for all. */
  readonly tgid: number | null;
  /** As many threads can be told apart; each takes some 500 bytes. */
  readonly threads: number;
}

const WAITING = new Layout({ tid: 'u64' });
const SINCE = new Layout({ sinceNs: 'u64' });
const LOST = new Layout({
  /** Waits that were not counted because a table was full. */
  full: 'u64',
  /**
   * Turns of a thread before which it was not seen to wait. Each thread that waits at the start has one; and some
   * kernels pass the tracepoint by at a few switches (Linux 6.18: up to one in seven of a run, none in most). Where the
   * beginning of a turn is passed by, its wait is neither counted nor told here.
   */
  unseen: 'u64',
});

export interface BuiltRunDelay extends BuiltProgram {
  /** By thread; its identity is the id with the start time. Entries of threads that ended remain. */
  readonly delays: TableMap<FieldsOf<typeof THREAD>, FieldsOf<typeof LATENCY>>;
  readonly lost: OwnCounters<FieldsOf<typeof LOST>>;
}

/** Where things lie on the stack. */
const KEY_AT = -16;
const SINCE_AT = -24;

export const runDelay: Program<RunDelayOptions, BuiltRunDelay> = {
  name: 'run-delay',
  purpose: {
    en: 'counts in the kernel how long each thread waited for a CPU',
    ko: '각 스레드가 CPU를 기다린 시간을 커널 안에서 집계합니다',
  },
  since: [5, 8],
  build(types, options) {
    const fields = taskFields(types);
    const { table: delays, empty } = threadTable('delays', LATENCY, options.threads);
    const lost = new OwnCounters('lost', LOST);
    const woken = wokenCode(fields, options.tgid);
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
          code: switchCode(fields, options.tgid),
        },
      ],
      maps: [new TableMap('waiting', WAITING, SINCE, options.threads), delays, empty, lost],
      delays,
      lost,
    };
  },
};

type TaskFields = ReturnType<typeof taskFields>;

function taskFields(types: KernelTypes) {
  const state = required(firstMember(types, 'task_struct', [['__state'], ['state']])).offsetBytes;
  return { ...threadFields(types), state };
}

/** sched_wakeup(task), sched_wakeup_new(task): it waits from now on, unless it already did. */
function wokenCode(fields: TaskFields, tgid: number | null): Assembly {
  const code = new Assembler();
  code.label('start').load(64, R6, R1, 0);
  emitUnlessTarget(code, fields, R6, tgid, 'end');
  emitStartWaiting(code, fields, R6, IF_NEW);
  return code.label('end').set(R0, 0).exit().assemble();
}

/** sched_switch(preempt, prev, next): one begins to wait, if it could have gone on; one has waited. */
function switchCode(fields: TaskFields, tgid: number | null): Assembly {
  const code = new Assembler();
  code.label('start').load(64, R8, R1, 0).load(64, R6, R1, 8).load(64, R7, R1, 16);
  emitUnlessTarget(code, fields, R6, tgid, 'next');
  // Preempted in the middle of going to sleep, it keeps the state of a sleeper and stays runnable.
  code.note('prev is runnable if preempted').jumpIf(R8, '!=', 0, 'prev waits');
  code.note('prev->state').load(32, R0, R6, fields.state).jumpIf(R0, '==', 0, 'prev waits');
  // A wake-up that came while it still ran is no wait.
  emitForget(code, fields, R6);
  code.jump('next').label('prev waits');
  emitStartWaiting(code, fields, R6, ALWAYS);
  code.label('next');
  emitUnlessTarget(code, fields, R7, tgid, 'end');
  emitEndWaiting(code, fields);
  code.label('end').set(R0, 0).exit();
  emitLost(code, 'unseen', 'unseen');
  emitLost(code, 'full', 'full');
  return code.assemble();
}

function emitLost(code: Assembler, label: string, field: keyof FieldsOf<typeof LOST>): void {
  code.label(label).mapValue(R1, 'lost', LOST.offset(field)).set(R2, 1);
  code.atomicAdd(64, R1, 0, R2).jump('end');
}

/** BPF_ANY and BPF_NOEXIST. */
const ALWAYS = 0;
const IF_NEW = 1;

/** The idle tasks, one per CPU, are all thread 0 and never wait. */
function emitUnlessTarget(
  code: Assembler,
  fields: TaskFields,
  task: Register,
  tgid: number | null,
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

/** A wait that found no room in the table shows when it ends: as unseen. */
function emitStartWaiting(
  code: Assembler,
  fields: TaskFields,
  task: Register,
  when: typeof ALWAYS | typeof IF_NEW,
): void {
  code.note('now').call('ktime_get_ns').store(64, FRAME, SINCE_AT, R0);
  emitWaitingKey(code, fields, task);
  code.set(R3, FRAME).compute(R3, '+=', SINCE_AT).set(R4, when).call('map_update_elem');
}

/** R7 is the task. */
function emitEndWaiting(code: Assembler, fields: TaskFields): void {
  emitWaitingKey(code, fields, R7);
  code.label('waited').call('map_lookup_elem').jumpIf(R0, '==', 0, 'unseen');
  code.note('since when').load(64, R8, R0, 0).store(64, FRAME, SINCE_AT, R8);
  emitForget(code, fields, R7);
  code.note('how long').call('ktime_get_ns').set(R8, R0).load(64, R1, FRAME, SINCE_AT);
  code.compute(R8, '-=', R1).jumpIf(R8, 's>=', 0, 'key').set(R8, 0);
  code.label('key');
  emitThreadKey(code, fields, R7, KEY_AT);
  emitFindOrMake(code, 'delays', KEY_AT, 'full');
  emitAddLatency(code, 0, R8);
}
