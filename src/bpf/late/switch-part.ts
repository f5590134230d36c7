/**
 * sched_switch(preempt, prev, next): told where a thread of the target leaves or comes, or waits for this CPU, unless
 * what it did may be kept (turns.ts).
 *
 * R9 collects the flags of the record; above them, whether prev and next are of the target.
 */
import { Assembler, type Assembly } from '../assembler.ts';
import { FRAME, R0, R1, R2, R3, R4, R6, R7, R8, R9 } from '../instruction.ts';
import { emitUnlessThrottled } from '../throttled.ts';
import { LATE_RECORD, SWITCH_FLAG, SWITCH_RECORD, SWITCH_SHORT_BYTES } from './records.ts';
import {
  emitAddWaiting,
  emitLeaveQueue,
  emitSend,
  emitSteal,
  emitThreadState,
  emitUnlessTarget,
  emitUnlessWaiting,
  KEY_AT,
  type LateFields,
  type LateOptions,
  RECORD_END,
  THREAD_STATE,
  WAITING,
} from './shared.ts';
import { emitKeepComing, emitKeepLeaving, emitTellTurns, type SwitchPlaces } from './turns.ts';
import { emitForgetWoken, emitTakeWoken, emitTellUntold } from './untold-wakes.ts';

const RECORD_AT = RECORD_END - SWITCH_RECORD.sizeBytes;
const at = (field: Parameters<typeof SWITCH_RECORD.offset>[0]) => RECORD_AT + SWITCH_RECORD.offset(field);

/** The flags, while R9 is a thread's state. */
const FLAGS_AT = RECORD_AT - 8;
const NOW_AT = RECORD_AT - 16;
const PLACES: SwitchPlaces = {
  nowNs: NOW_AT,
  stealNs: at('stealNs'),
  state: at('state'),
  flags: FLAGS_AT,
};

const PREVIOUS_IS_TARGET = 1 << 8;
const NEXT_IS_TARGET = 1 << 9;
/** What one of them did is not kept. */
const TELL = 1 << 10;
/** A group has a quota unless it is this (RUNTIME_INF). */
const NO_QUOTA = -1;
/** Groups within groups are looked at so far upward. */
const DEEPEST_GROUP = 8;

export function switchCode(fields: LateFields, options: LateOptions): Assembly {
  const code = new Assembler();
  code.label('start').set(R6, R1).load(64, R7, R6, 8).load(64, R8, R6, 16).set(R9, 0);
  emitUnlessTarget(code, fields, R7, options, 'other leaves');
  code.compute(R9, '|=', PREVIOUS_IS_TARGET).label('other leaves');
  emitUnlessTarget(code, fields, R8, options, 'other comes');
  code.compute(R9, '|=', NEXT_IS_TARGET).label('other comes');
  code.jumpIf(R9, '!=', 0, 'ours');
  emitUnlessWaiting(code, 'end');
  code.label('ours').note('now').call('ktime_get_ns').store(64, FRAME, NOW_AT, R0);
  emitRunnable(code, fields);
  emitCpu(code, fields);
  code.jumpIf(R9, '&', NEXT_IS_TARGET, 'comes').jump('came').label('comes');
  emitComing(code, fields, options);
  code.label('came').jumpIf(R9, '&', PREVIOUS_IS_TARGET, 'leaves').jump('seen').label('leaves');
  emitThrottled(code, fields);
  emitLeaving(code, fields);
  code.label('seen');
  emitUnlessAllKept(code);
  // A thread that is preempted here waits from now on: only what comes later has to tell of it before.
  code.label('tell').jumpIf(R9, '&', SWITCH_FLAG.runnable, 'is it kept').jump('waiting');
  code.label('is it kept').jumpIf(R9, '&', SWITCH_FLAG.previousKept, 'none waits').label('waiting');
  emitUnlessWaiting(code, 'none waits');
  emitTellUntold(code);
  code.label('none waits');
  emitTasks(code, fields);
  code.compute(R9, '&=', 0xff).store(32, FRAME, at('flags'), R9);
  code.jumpIf(R9, '&', SWITCH_FLAG.woken, 'woken').jump('short').label('woken');
  emitSend(code, RECORD_AT, SWITCH_RECORD.sizeBytes);
  code.jump('end').label('short');
  emitSend(code, RECORD_AT, SWITCH_SHORT_BYTES);
  return code.label('end').set(R0, 0).exit().assemble();
}

/** Nothing is to be told where what both did is kept, and no other thread waits. */
function emitUnlessAllKept(code: Assembler): void {
  code.jumpIf(R9, '&', TELL, 'tell').jumpIf(R9, '&', SWITCH_FLAG.nextKept, 'end');
  code.jumpIf(R9, '&', SWITCH_FLAG.previousKept, 'only previous').jump('tell').label('only previous');
  code.jumpIf(R9, '&', SWITCH_FLAG.runnable, 'end');
  emitUnlessWaiting(code, 'end');
}

/** Preempted in the middle of going to sleep, it keeps the state of a sleeper and stays runnable. */
function emitRunnable(code: Assembler, fields: LateFields): void {
  code.note('prev->state').load(32, R1, R7, fields.state).store(32, FRAME, at('state'), R1);
  code.note('preempted').load(64, R2, R6, 0).jumpIf(R2, '!=', 0, 'runnable').jumpIf(R1, '!=', 0, 'sleeps');
  code.label('runnable').compute(R9, '|=', SWITCH_FLAG.runnable).label('sleeps');
}

function emitTasks(code: Assembler, fields: LateFields): void {
  code.store(32, FRAME, at('kind'), LATE_RECORD.switch).store(32, FRAME, at('reserved'), 0);
  code.load(64, R1, FRAME, NOW_AT).store(64, FRAME, at('nowNs'), R1);
  for (const [who, task] of [
    ['previous', R7],
    ['next', R8],
  ] as const) {
    code
      .note(who)
      .load(32, R1, task, fields.tid)
      .store(32, FRAME, at(`${who}Tid`), R1);
    code.load(32, R1, task, fields.tgid).store(32, FRAME, at(`${who}Tgid`), R1);
    code.load(64, R1, task, fields.comm).store(64, FRAME, at(`${who}Comm0`), R1);
    code.load(64, R1, task, fields.comm + 8).store(64, FRAME, at(`${who}Comm1`), R1);
  }
}

function emitCpu(code: Assembler, fields: LateFields): void {
  code.store(64, FRAME, at('timer'), 0).store(64, FRAME, at('stealNs'), 0);
  emitSteal(code, fields, R7, 'steal not known', () => {
    code.store(64, FRAME, at('stealNs'), R3).compute(R9, '|=', SWITCH_FLAG.hasSteal);
  });
  code.label('steal not known');
}

function emitThrottled(code: Assembler, fields: LateFields): void {
  if (!emitUnlessThrottled(code, fields, R7, 'free')) return;
  code.compute(R9, '|=', SWITCH_FLAG.throttled);
  emitTimer(code, fields);
  code.label('free');
}

/** The timer of the nearest group upward that has a quota, noted so that its expiries are told. */
function emitTimer(code: Assembler, { group, parent, quota, timer }: LateFields): void {
  if (group === null || parent === null || quota === null || timer === null) return;
  code.note('prev->sched_task_group').load(64, R3, R7, group);
  for (let level = 0; level < DEEPEST_GROUP; level += 1) {
    code.jumpIf(R3, '==', 0, 'free').load(64, R1, R3, quota).jumpIf(R1, '!=', NO_QUOTA, 'limited');
    code.load(64, R3, R3, parent);
  }
  code.jump('free').label('limited').compute(R3, '+=', timer).store(64, FRAME, KEY_AT, R3);
  code.store(64, FRAME, at('timer'), R3);
  code.note('its expiries are of interest').mapAddress(R1, 'timers').set(R2, FRAME).compute(R2, '+=', KEY_AT);
  code.set(R3, R2).set(R4, 0).call('map_update_elem');
}

/** prev goes to sleep, or waits from now on. */
function emitLeaving(code: Assembler, fields: LateFields): void {
  code.set(R1, R9).compute(R9, '|=', TELL).store(64, FRAME, FLAGS_AT, R1);
  emitThreadState(code, fields, R7, 'prev', 'seen');
  code.set(R9, R0);
  emitLeaveQueue(code, 'prev');
  code.note('woken before it had left');
  emitForgetWoken(code, R9);
  emitKeepLeaving(code, fields, PLACES, 'leaves whole');
  code.load(64, R9, FRAME, FLAGS_AT).compute(R9, '|=', SWITCH_FLAG.previousKept).jump('seen');
  code.label('leaves whole');
  emitTellTurns(code, 'prev');
  code.load(64, R1, FRAME, FLAGS_AT).load(64, R2, R9, THREAD_STATE.offset('faultNs'));
  code.jumpIf(R2, '==', 0, 'no fault').compute(R1, '|=', SWITCH_FLAG.inFault).store(64, FRAME, FLAGS_AT, R1);
  code.label('no fault').jumpIf(R1, '&', SWITCH_FLAG.runnable, 'waits');
  code.note('asleep from now').load(64, R1, FRAME, NOW_AT);
  code.store(64, R9, THREAD_STATE.offset('asleepNs'), R1).jump('leaving done');
  code.label('waits').call('get_smp_processor_id').set(R1, R0);
  code.compute(R0, '+=', 1).store(64, R9, THREAD_STATE.offset('queuedOn'), R0);
  emitAddWaiting(code, 1, 'leaving');
  code.label('leaving done').load(64, R9, FRAME, FLAGS_AT).compute(R9, '|=', TELL);
}

function emitComing(code: Assembler, fields: LateFields, options: LateOptions): void {
  code.set(R1, R9).compute(R9, '|=', TELL).store(64, FRAME, FLAGS_AT, R1);
  emitThreadState(code, fields, R8, 'next', 'came');
  code.set(R9, R0);
  emitKeepComing(code, fields, options, PLACES, 'comes whole');
  code.load(64, R9, FRAME, FLAGS_AT).compute(R9, '|=', SWITCH_FLAG.nextKept).jump('came');
  code.label('comes whole');
  emitTellInterruptOf(code);
  emitTellTurns(code, 'next');
  emitLeaveQueue(code, 'next');
  code.load(64, R2, R9, THREAD_STATE.offset('wakeupNs'));
  emitTakeWoken(code, R9, at('wakingNs'));
  code.load(64, R9, FRAME, FLAGS_AT).compute(R9, '|=', TELL);
  code.jumpIf(R2, '==', 0, 'came').compute(R9, '|=', SWITCH_FLAG.woken);
}

/** An interrupt that was kept with the thread that comes is told behind its wake-up. */
function emitTellInterruptOf(code: Assembler): void {
  code.load(64, R1, R9, THREAD_STATE.offset('isUntold')).jumpIf(R1, '==', 0, 'no interrupt to tell');
  emitUnlessWaiting(code, 'no interrupt to tell');
  code.load(64, R1, R0, WAITING.offset('interruptUntilNs')).jumpIf(R1, '==', 0, 'no interrupt to tell');
  emitTellUntold(code, 'untold next');
  code.label('no interrupt to tell');
}
