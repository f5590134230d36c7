/**
 * Turns that are kept with a thread, and told together. A thread that passes a byte to another sleeps, is woken and comes
 * ten thousand times a second, and none of that is late: ten such turns are one record. A turn may be kept where its
 * wake-up and its wait were short, where it slept is known, and no second interrupt, move, fault or further task disturbed
 * any of it. Whoever tells something else of the thread, or of the CPU while it runs or waits there, tells its turns
 * first.
 */
import type { Assembler } from '../assembler.ts';
import { FRAME, R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, type Register } from '../instruction.ts';
import {
  AFTER_TURNS,
  LATE_RECORD,
  MOST_TURNS,
  SLEEP_AS_BEFORE,
  SWITCH_FLAG,
  TURN,
  TURN_KIND,
  TURNS_HEAD_BYTES,
  TURNS_RECORD,
  WAKER,
  WAKING_CONTEXT,
} from './records.ts';
import {
  emitLeaveQueue,
  KEY_AT,
  type LateFields,
  type LateOptions,
  LONGEST_KEPT_SLEEP_NS,
  THREAD_STATE,
  WAITING,
} from './shared.ts';
import { emitForgetWoken } from './untold-wakes.ts';

const RECORD = THREAD_STATE.offset('record');
const at = (field: Parameters<typeof TURNS_RECORD.offset>[0]) => RECORD + TURNS_RECORD.offset(field);
const state = (field: Parameters<typeof THREAD_STATE.offset>[0]) => THREAD_STATE.offset(field);

/** A turn in the making, below all that the switch part has on the stack. */
const TURN_AT = -320;
const turn = (field: Parameters<typeof TURN.offset>[0]) => TURN_AT + TURN.offset(field);
/** The entry of the CPU in `waiting`. */
const ENTRY_AT = TURN_AT - 8;

/** Lengths of turns are numbers of 32 bits. */
const LONGEST_NS = 0x7fff_ffff;
/** TASK_DEAD, EXIT_* and parked: the last switch of a thread is told. */
const ENDED = 0x10 | 0x20 | 0x80;
/** Tasks that stand for a cause of their own where one waits behind them: their names begin with these eight bytes. */
const NAMED_CAUSES = ['migratio', 'ksoftirq'] as const;

/** Tells the turns of the thread whose state is in R9, if any are kept; R6 is the context. Overwrites R0 to R5. */
export function emitTellTurns(code: Assembler, name: string): void {
  const [told, whole] = [`${name}: turns told`, `${name}: as many`];
  code.note('turns that are kept').load(64, R1, R9, state('after')).load(64, R5, R9, state('turns'));
  code.set(R2, R1).compute(R2, '|=', R5).jumpIf(R2, '==', 0, told);
  code.store(64, R9, state('after'), 0).store(64, R9, state('turns'), 0);
  code.store(32, R9, at('kind'), LATE_RECORD.turns).store(32, R9, at('after'), R1);
  code.jumpIf(R1, '!=', AFTER_TURNS.runs, whole).compute(R5, '+=', 1).label(whole);
  code.jumpIf(R5, '>', MOST_TURNS, told).store(32, R9, at('turns'), R5).compute(R5, '*=', TURN.sizeBytes);
  // BPF_F_CURRENT_CPU. The record lies in the state itself: it is as long as the list.
  code.compute(R5, '+=', TURNS_HEAD_BYTES).set(R1, R6).mapAddress(R2, 'output').set64(R3, 0xffff_ffffn);
  code.set(R4, R9).compute(R4, '+=', RECORD).call('perf_event_output').label(told);
}

/** Where the switch part has what these steps need of the switch: offsets on the stack. */
export interface SwitchPlaces {
  readonly nowNs: number;
  readonly stealNs: number;
  readonly state: number;
  readonly flags: number;
}

/**
 * Keeps that the next task (R8), whose state is in R9, comes behind the previous one (R7), and takes it off its queue; or
 * goes to `otherwise` with nothing changed. Overwrites R0 to R5.
 */
export function emitKeepComing(
  code: Assembler,
  fields: LateFields,
  options: LateOptions,
  places: SwitchPlaces,
  otherwise: string,
): void {
  code.note('undisturbed so far').load(64, R1, R9, state('isUntold')).jumpIf(R1, '==', 0, otherwise);
  code.load(64, R1, R9, state('faultNs')).jumpIf(R1, '!=', 0, otherwise);
  code.note('away since, and now').load(64, R3, R9, state('asleepNs')).jumpIf(R3, '==', 0, otherwise);
  code.load(64, R4, FRAME, places.nowNs).jumpIf(R4, '<', R3, otherwise);
  code.load(32, R1, R7, fields.tid).store(32, FRAME, turn('fromTid'), R1);
  code
    .store(32, FRAME, turn('runNs'), 0)
    .store(64, FRAME, turn('interruptAtNs'), 0)
    .store(64, FRAME, turn('interruptId'), 0);
  code.load(64, R1, R9, state('after')).jumpIf(R1, '==', AFTER_TURNS.waits, 'was preempted');
  emitWokenTurn(code, options, otherwise);
  code.jump('short enough').label('was preempted');
  emitPreemptedTurn(code, options, otherwise);
  code.label('short enough').note('the name of prev').load(64, R1, R7, fields.comm);
  for (const name of NAMED_CAUSES) code.set64(R2, eightBytes(name)).jumpIf(R1, '==', R2, otherwise);
  emitEntry(code, otherwise);
  code.load(64, R1, R0, WAITING.offset('threads')).jumpIf(R1, '!=', 1, otherwise);
  emitInterruptOfTurn(code, otherwise);
  emitLeaveQueue(code, 'kept');
  emitBegin(code, fields, places);
  code.note('its turn').load(64, R5, R9, state('turns')).jumpIf(R5, '>=', MOST_TURNS, 'no place');
  code.compute(R5, '*=', TURN.sizeBytes).compute(R5, '+=', R9);
  for (let bytes = 0; bytes < TURN.sizeBytes; bytes += 8)
    code.load(64, R1, FRAME, TURN_AT + bytes).store(64, R5, at('list') + bytes, R1);
  code.label('no place').load(64, R1, FRAME, places.nowNs).store(64, R9, state('cameNs'), R1);
  emitForgetWoken(code, R9);
  code.store(64, R9, state('after'), AFTER_TURNS.runs);
}

/** R3 is when it fell asleep, R4 now. */
function emitWokenTurn(
  code: Assembler,
  { keepUnderNs, keepIdleUnderNs }: LateOptions,
  otherwise: string,
): void {
  code.note('woken, queued').load(64, R1, R9, state('wakingNs')).jumpIf(R1, '<', R3, otherwise);
  code.load(64, R2, R9, state('wakeupNs')).jumpIf(R2, '<', R1, otherwise).jumpIf(R4, '<', R2, otherwise);
  emitLength(code, 'sleepNs', R1, R3);
  code.jumpIf(R5, '>', LONGEST_KEPT_SLEEP_NS, otherwise);
  emitLength(code, 'wakeNs', R2, R1);
  emitLength(code, 'waitNs', R4, R2);
  code.note('how long at most').compute(R4, '-=', R1).load(32, R1, FRAME, turn('fromTid'));
  code.set64(R2, BigInt(keepIdleUnderNs)).jumpIf(R1, '==', 0, 'was idle').set64(R2, BigInt(keepUnderNs));
  code.label('was idle').jumpIf(R4, '>=', R2, otherwise);
  code.note('by whom').load(32, R1, R9, state('context')).load(32, R2, R9, state('wakerTid'));
  code.set(R3, R1).compute(R1, '>>=', Math.log2(SLEEP_AS_BEFORE)).store(32, FRAME, turn('kind'), R1);
  code.compute(R3, '&=', SLEEP_AS_BEFORE - 1).jumpIf(R3, '==', WAKING_CONTEXT.task, 'by a task');
  code.load(32, R2, R9, state('interrupt')).compute(R2, '|=', WAKER.interrupt);
  code.jumpIf(R3, '!=', WAKING_CONTEXT.softirq, 'by a task').compute(R2, '|=', WAKER.softirq);
  code.label('by a task').store(32, FRAME, turn('waker'), R2);
}

function emitPreemptedTurn(code: Assembler, { keepUnderNs }: LateOptions, otherwise: string): void {
  emitLength(code, 'waitNs', R4, R3);
  code.set64(R1, BigInt(keepUnderNs)).jumpIf(R5, '>=', R1, otherwise);
  code.store(32, FRAME, turn('sleepNs'), 0).store(32, FRAME, turn('wakeNs'), 0);
  code.store(32, FRAME, turn('waker'), 0).store(32, FRAME, turn('kind'), TURN_KIND.preempted);
}

/** Leaves the length in R5. */
function emitLength(
  code: Assembler,
  field: 'sleepNs' | 'wakeNs' | 'waitNs',
  to: Register,
  from: Register,
): void {
  code.set(R5, to).compute(R5, '-=', from).store(32, FRAME, turn(field), R5);
}

/** Leaves the entry of this CPU in `waiting` in R0. */
function emitEntry(code: Assembler, otherwise: string): void {
  code.note('who waits here').call('get_smp_processor_id').store(32, FRAME, KEY_AT, R0);
  code.mapAddress(R1, 'waiting').set(R2, FRAME).compute(R2, '+=', KEY_AT).call('map_lookup_elem');
  code.jumpIf(R0, '==', 0, otherwise);
}

/** The interrupt that was kept with the CPU whose entry is in R0. */
function emitInterruptOfTurn(code: Assembler, otherwise: string): void {
  code.load(64, R2, R0, WAITING.offset('interruptUntilNs')).jumpIf(R2, '==', 0, 'no interrupt');
  code.note('its interrupt').load(64, R1, R0, WAITING.offset('interruptSinceNs'));
  code.load(64, R3, R9, state('wakingNs')).jumpIf(R2, '<', R3, otherwise).set(R4, 0);
  code.jumpIf(R1, '<', R3, 'from the begin').set(R4, R1).compute(R4, '-=', R3).set(R3, R1);
  code.label('from the begin').store(32, FRAME, turn('interruptAtNs'), R4).compute(R2, '-=', R3);
  code.store(32, FRAME, turn('interruptNs'), R2).load(64, R1, R0, WAITING.offset('interruptId'));
  code.store(32, FRAME, turn('interruptId'), R1).label('no interrupt');
}

/** What all turns of a record have in common: where they differ from those that are kept, these are told. */
function emitBegin(code: Assembler, fields: LateFields, { stealNs }: SwitchPlaces): void {
  code.note('goes on where the last turn ended').load(64, R1, R9, state('turns'));
  code.load(64, R2, R9, state('after')).compute(R1, '|=', R2).jumpIf(R1, '==', 0, 'first turn');
  code.call('get_smp_processor_id').load(32, R2, R9, at('onCpu'));
  code
    .jumpIf(R0, '!=', R2, 'elsewhere')
    .load(64, R1, R9, state('turns'))
    .jumpIf(R1, '>=', MOST_TURNS, 'elsewhere')
    .load(64, R1, FRAME, stealNs)
    .load(64, R2, R9, at('stealNs'));
  code.jumpIf(R1, '==', R2, 'further turn').label('elsewhere');
  // It does not wait any more, and how it goes on is kept.
  code.store(64, R9, state('after'), AFTER_TURNS.sleeps);
  emitTellTurns(code, 'elsewhere');
  code.label('first turn').load(64, R1, R9, state('asleepNs')).store(64, R9, at('sinceNs'), R1);
  code.load(32, R1, R8, fields.tid).store(32, R9, at('tid'), R1);
  code.load(64, R1, FRAME, stealNs).store(64, R9, at('stealNs'), R1);
  code.call('get_smp_processor_id').store(32, R9, at('onCpu'), R0).label('further turn');
}

/**
 * Keeps that the previous task (R7), whose state is in R9, leaves; one that stays runnable is put on its queue. Goes to
 * `otherwise` with nothing changed. Overwrites R0 to R5.
 */
export function emitKeepLeaving(
  code: Assembler,
  fields: LateFields,
  places: SwitchPlaces,
  otherwise: string,
): void {
  code.load(64, R1, FRAME, places.flags).jumpIf(R1, '&', SWITCH_FLAG.throttled, otherwise);
  code.load(64, R1, R9, state('faultNs')).jumpIf(R1, '!=', 0, otherwise);
  code
    .note('is its turn kept')
    .load(64, R1, R9, state('after'))
    .jumpIf(R1, '!=', AFTER_TURNS.runs, otherwise);
  code.load(64, R1, FRAME, places.flags).jumpIf(R1, '&', SWITCH_FLAG.runnable, 'stays runnable');
  code.load(32, R1, FRAME, places.state).jumpIf(R1, '&', ENDED, otherwise);
  emitEndTurn(code, places, 'sleeps', otherwise);
  code.store(64, R9, state('after'), AFTER_TURNS.sleeps).jump('turn kept').label('stays runnable');
  emitEntry(code, otherwise);
  code
    .note('nobody else may wait')
    .load(64, R1, R0, WAITING.offset('threads'))
    .jumpIf(R1, '!=', 0, otherwise);
  code
    .load(64, R1, R0, WAITING.offset('untold'))
    .jumpIf(R1, '!=', 0, otherwise)
    .store(64, FRAME, ENTRY_AT, R0);
  emitEndTurn(code, places, 'waits', otherwise);
  code.store(64, R9, state('after'), AFTER_TURNS.waits);
  code.load(64, R0, FRAME, ENTRY_AT).set(R1, 1).atomicAdd(64, R0, WAITING.offset('threads'), R1);
  code.load(32, R1, R7, fields.tid).store(64, R0, WAITING.offset('untold'), R1);
  code.store(64, R0, WAITING.offset('interruptUntilNs'), 0).store(64, R9, state('isUntold'), 1);
  code.load(32, R1, R9, at('onCpu')).compute(R1, '+=', 1).store(64, R9, state('queuedOn'), R1);
  code.label('turn kept').load(64, R1, FRAME, places.nowNs).store(64, R9, state('asleepNs'), R1);
}

/** The run is over; the hypervisor must not have taken any of it. */
function emitEndTurn(
  code: Assembler,
  places: SwitchPlaces,
  name: keyof typeof AFTER_TURNS,
  otherwise: string,
): void {
  code.note(`a turn ends, it ${name}`).load(64, R1, FRAME, places.stealNs).load(64, R2, R9, at('stealNs'));
  code.jumpIf(R1, '!=', R2, otherwise).load(64, R4, FRAME, places.nowNs).load(64, R2, R9, state('cameNs'));
  code.compute(R4, '-=', R2).jumpIf(R4, '>', LONGEST_NS, otherwise);
  code.load(64, R5, R9, state('turns')).jumpIf(R5, '>=', MOST_TURNS, otherwise);
  code.set(R1, R5).compute(R1, '+=', 1).store(64, R9, state('turns'), R1);
  code.compute(R5, '*=', TURN.sizeBytes).compute(R5, '+=', R9);
  code.store(32, R5, at('list') + TURN.offset('runNs'), R4);
}

function eightBytes(text: string): bigint {
  return new DataView(new TextEncoder().encode(text).buffer).getBigUint64(0, true);
}
