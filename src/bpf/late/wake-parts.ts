/** sched_waking, sched_wakeup, sched_wakeup_new and sched_migrate_task of threads of the target. */
import { Assembler, type Assembly } from '../assembler.ts';
import { FRAME, R0, R1, R2, R3, R4, R6, R7, R8, R9 } from '../instruction.ts';
import {
  AFTER_TURNS,
  INTERRUPT_LEVEL,
  LATE_RECORD,
  MIGRATE_RECORD,
  SLEEP_AS_BEFORE,
  STACK_FRAMES,
  WAKEUP_RECORD,
  WAKING_CONTEXT,
  WAKING_RECORD,
  WAKING_SHORT_BYTES,
} from './records.ts';
import {
  emitAddWaiting,
  emitLeaveQueue,
  emitSend,
  emitThreadState,
  emitUnlessTarget,
  INTERRUPT_STATE,
  KEY_AT,
  type LateFields,
  type LateOptions,
  LONGEST_KEPT_SLEEP_NS,
  RECORD_END,
  THREAD_STATE,
  WAITING,
} from './shared.ts';
import { emitTellTurns } from './turns.ts';
import { emitForgetWoken, emitKeepUntold, emitTellUntold, emitTellWoken } from './untold-wakes.ts';

const WAKING_AT = RECORD_END - WAKING_RECORD.sizeBytes;
const waking = (field: Parameters<typeof WAKING_RECORD.offset>[0]) => WAKING_AT + WAKING_RECORD.offset(field);

/** sched_waking(task): who wakes it, from where; and how it slept, where it slept long. */
export function wakingCode(fields: LateFields, options: LateOptions): Assembly {
  const code = new Assembler();
  code.label('start').set(R6, R1).load(64, R7, R6, 0);
  emitUnlessTarget(code, fields, R7, options, 'end');
  code.store(32, FRAME, waking('kind'), LATE_RECORD.waking);
  code.load(32, R1, R7, fields.tid).store(32, FRAME, waking('tid'), R1);
  code.note('the task that runs here').call('get_current_task_btf').set(R8, R0);
  code.load(32, R1, R8, fields.tid).store(32, FRAME, waking('wakerTid'), R1);
  code.load(32, R1, R8, fields.tgid).store(32, FRAME, waking('wakerTgid'), R1);
  code.load(64, R1, R8, fields.comm).store(64, FRAME, waking('wakerComm0'), R1);
  code.load(64, R1, R8, fields.comm + 8).store(64, FRAME, waking('wakerComm1'), R1);
  emitContext(code);
  code.store(32, FRAME, waking('argument'), 0).store(32, FRAME, waking('hasStack'), 0);
  emitUnlessLongSleep(code, fields, options);
  emitSleep(code, fields);
  emitUnlessAsBefore(code);
  emitTellTurns(code, 'long');
  emitForgetWoken(code, R9);
  emitSend(code, WAKING_AT, WAKING_RECORD.sizeBytes);
  code.jump('end').label('short');
  emitNoteWaking(code);
  code.jump('end').label('no state');
  emitSend(code, WAKING_AT, WAKING_SHORT_BYTES);
  return code.label('end').set(R0, 0).exit().assemble();
}

/** No interrupt lasts so long: its end passed unseen. */
const LONGEST_INTERRUPT_NS = 10_000_000;

/** An interrupt on top of a softirq counts: it is what wakes. */
function emitContext(code: Assembler): void {
  code.note('now').call('ktime_get_ns').set(R9, R0).compute(R9, '+=', -LONGEST_INTERRUPT_NS);
  code.store(32, FRAME, waking('context'), WAKING_CONTEXT.task).store(32, FRAME, waking('interrupt'), 0);
  code.note('in an interrupt').store(32, FRAME, KEY_AT, 0).mapAddress(R1, 'interrupts');
  code.set(R2, FRAME).compute(R2, '+=', KEY_AT).call('map_lookup_elem').jumpIf(R0, '==', 0, 'by whom');
  for (const level of ['softirq', 'interrupt'] as const) {
    code.load(64, R1, R0, INTERRUPT_STATE.offset(`${level}Ns`)).jumpIf(R1, '<', R9, `no ${level}`);
    code.store(32, FRAME, waking('context'), INTERRUPT_LEVEL[level]);
    code.load(64, R1, R0, INTERRUPT_STATE.offset(`${level}Id`)).store(32, FRAME, waking('interrupt'), R1);
    code.label(`no ${level}`);
  }
  code.label('by whom');
}

/**
 * One whose sleep was not seen to begin counts as long; one that runs does not sleep. Leaves the state in R9, the time
 * in R8.
 */
function emitUnlessLongSleep(code: Assembler, fields: LateFields, { stackOverNs }: LateOptions): void {
  emitThreadState(code, fields, R7, 'woken', 'no state');
  code.set(R9, R0).note('how long it slept').call('ktime_get_ns').set(R8, R0);
  code.load(64, R2, R9, THREAD_STATE.offset('after')).jumpIf(R2, '==', AFTER_TURNS.waits, 'end');
  code.jumpIf(R2, '==', AFTER_TURNS.runs, 'short');
  code.load(64, R2, R9, THREAD_STATE.offset('asleepNs')).jumpIf(R2, '==', 0, 'long');
  code.compute(R0, '-=', R2).set64(R1, BigInt(stackOverNs)).jumpIf(R0, 's<', R1, 'short').label('long');
}

/** After a short sleep nothing is told yet: see untold-wakes.ts. */
function emitNoteWaking(code: Assembler): void {
  code.note('to be told later').store(64, R9, THREAD_STATE.offset('wakeupNs'), 0);
  for (const field of ['wakerTid', 'context', 'wakerComm0', 'wakerComm1'] as const)
    code.load(64, R1, FRAME, waking(field)).store(64, R9, THREAD_STATE.offset(field), R1);
  code.store(64, R9, THREAD_STATE.offset('wakingNs'), R8);
}

function emitSleep(code: Assembler, { secondArgument }: LateFields): void {
  const bytes = STACK_FRAMES * 8;
  for (let i = 0; i < STACK_FRAMES; i += 1) code.store(64, FRAME, waking('frames') + i * 8, 0);
  code.note('where it sleeps').set(R1, R7).set(R2, FRAME).compute(R2, '+=', waking('frames'));
  code.set(R3, bytes).set(R4, 0).call('get_task_stack');
  code.store(32, FRAME, waking('hasStack'), 1);
  if (secondArgument === null) return;
  code.note('what its system call was asked for').set(R1, R7).call('task_pt_regs');
  code.jumpIf(R0, '==', 0, 'no registers').load(64, R1, R0, secondArgument);
  code.store(32, FRAME, waking('argument'), R1).label('no registers');
}

/** Odd, so that no frame is lost in it; some bits of the golden ratio. */
const MIX = 0x1e37_79b1;

/** Where it slept there the last time too, that is said instead of told again, and its turn may be kept. */
function emitUnlessAsBefore(code: Assembler): void {
  code.note('a number for where it slept').load(32, R1, FRAME, waking('argument'));
  for (let i = 0; i < STACK_FRAMES; i += 1) {
    code.load(64, R2, FRAME, waking('frames') + i * 8);
    code.compute(R1, '*=', MIX).compute(R1, '+=', R2);
  }
  code.note('as before').load(64, R2, R9, THREAD_STATE.offset('stackHash'));
  code.store(64, R9, THREAD_STATE.offset('stackHash'), R1).jumpIf(R1, '!=', R2, 'elsewhere');
  code.load(64, R2, R9, THREAD_STATE.offset('asleepNs')).jumpIf(R2, '==', 0, 'elsewhere');
  code.set(R1, R8).compute(R1, '-=', R2).jumpIf(R1, '>', LONGEST_KEPT_SLEEP_NS, 'elsewhere');
  code.load(32, R1, FRAME, waking('context')).compute(R1, '|=', SLEEP_AS_BEFORE);
  code.store(32, FRAME, waking('context'), R1).jump('short').label('elsewhere');
}

const WAKEUP_AT = RECORD_END - WAKEUP_RECORD.sizeBytes;
const wakeup = (field: Parameters<typeof WAKEUP_RECORD.offset>[0]) => WAKEUP_AT + WAKEUP_RECORD.offset(field);

/** sched_wakeup(task), sched_wakeup_new(task): it is on the queue of a CPU. */
export function wakeupCode(fields: LateFields, options: LateOptions, isNew: 0 | 1): Assembly {
  const code = new Assembler();
  code.label('start').set(R6, R1).load(64, R7, R6, 0);
  emitUnlessTarget(code, fields, R7, options, 'end');
  code.store(32, FRAME, wakeup('kind'), LATE_RECORD.wakeup).store(32, FRAME, wakeup('isNew'), isNew);
  code.load(32, R1, R7, fields.tid).store(32, FRAME, wakeup('tid'), R1);
  code.note('its CPU').load(32, R8, R7, fields.cpu).store(32, FRAME, wakeup('onCpu'), R8);
  emitThreadState(code, fields, R7, 'woken', 'send');
  code.set(R9, R0);
  emitLeaveQueue(code, 'earlier');
  code.note('is its waking noted').load(64, R1, R9, THREAD_STATE.offset('wakingNs'));
  code.jumpIf(R1, '==', 0, 'waits').note('now').call('ktime_get_ns');
  code.store(64, R9, THREAD_STATE.offset('wakeupNs'), R0).label('waits');
  code.set(R1, R8).compute(R1, '+=', 1).store(64, R9, THREAD_STATE.offset('queuedOn'), R1).set(R1, R8);
  emitAddWaiting(code, 1, 'woken');
  code
    .load(64, R1, R9, THREAD_STATE.offset('wakingNs'))
    .jumpIf(R1, '==', 0, 'whole')
    .jumpIf(R0, '==', 0, 'whole');
  code.note('its number').load(32, R2, R7, fields.tid);
  code.load(64, R1, R0, WAITING.offset('untold')).jumpIf(R1, '!=', 0, 'another');
  emitKeepUntold(code, R2);
  code.jump('end').label('another').store(64, FRAME, KEY_AT, R2);
  emitTellTurns(code, 'another');
  code.set(R0, R9);
  emitTellWoken(code);
  code.jump('end').label('whole');
  emitTellTurns(code, 'whole');
  code.label('send');
  emitSend(code, WAKEUP_AT, WAKEUP_RECORD.sizeBytes);
  return code.label('end').set(R0, 0).exit().assemble();
}

const MIGRATE_AT = RECORD_END - MIGRATE_RECORD.sizeBytes;
const migrate = (field: Parameters<typeof MIGRATE_RECORD.offset>[0]) =>
  MIGRATE_AT + MIGRATE_RECORD.offset(field);

/** sched_migrate_task(task, CPU): passes in the context of whoever moves it. */
export function migrateCode(fields: LateFields, options: LateOptions): Assembly {
  const code = new Assembler();
  code.label('start').set(R6, R1).load(64, R7, R6, 0);
  emitUnlessTarget(code, fields, R7, options, 'end');
  code.store(64, FRAME, MIGRATE_AT + MIGRATE_RECORD.sizeBytes - 8, 0);
  code.store(32, FRAME, migrate('kind'), LATE_RECORD.migrate);
  code.load(32, R1, R7, fields.tid).store(32, FRAME, migrate('tid'), R1);
  code.note('to which CPU').load(64, R8, R6, 8).compute32(R8, '=', R8).store(32, FRAME, migrate('toCpu'), R8);
  emitThreadState(code, fields, R7, 'moved', 'send');
  code.set(R9, R0).load(64, R1, R9, THREAD_STATE.offset('queuedOn')).jumpIf(R1, '==', 0, 'send');
  emitTellTurns(code, 'moved');
  emitTellBeforeMove(code, fields);
  emitLeaveQueue(code, 'earlier');
  code.set(R1, R8).compute(R1, '+=', 1).store(64, R9, THREAD_STATE.offset('queuedOn'), R1).set(R1, R8);
  emitAddWaiting(code, 1, 'moved');
  code.label('send');
  emitSend(code, MIGRATE_AT, MIGRATE_RECORD.sizeBytes);
  return code.label('end').set(R0, 0).exit().assemble();
}

/**
 * A wake-up is told before its thread goes on, and the interrupt that was kept with it: on the queue that it leaves. R9 is
 * the state of the thread that waits.
 */
function emitTellBeforeMove(code: Assembler, fields: LateFields): void {
  code.load(64, R1, R9, THREAD_STATE.offset('wakeupNs')).jumpIf(R1, '==', 0, 'wake-up told');
  code.load(64, R1, R9, THREAD_STATE.offset('isUntold')).jumpIf(R1, '==', 0, 'by itself');
  code.note('the queue it leaves').load(64, R1, R9, THREAD_STATE.offset('queuedOn')).compute(R1, '+=', -1);
  code.store(32, FRAME, KEY_AT, R1).mapAddress(R1, 'waiting').set(R2, FRAME).compute(R2, '+=', KEY_AT);
  code.call('map_lookup_elem').jumpIf(R0, '==', 0, 'by itself');
  emitTellUntold(code, 'untold moved');
  code.jump('wake-up told').label('by itself');
  code.load(32, R1, R7, fields.tid).store(64, FRAME, KEY_AT, R1).set(R0, R9);
  emitTellWoken(code);
  code.label('wake-up told');
}
