/**
 * Wake-ups that wait to be told. One record for each waking, wakeup and switch would be three for a thread that nothing
 * disturbed, so both are noted with the thread, and told in the switch that brings it. The analysis must know of a waiting
 * thread before it hears of what happens on that CPU meanwhile, so whoever tells such a thing tells the wake-up first.
 */
import type { Assembler } from '../assembler.ts';
import { FRAME, R0, R1, R2, R3, R9, type Register } from '../instruction.ts';
import { INTERRUPT_LEVEL, INTERRUPT_RECORD, LATE_RECORD, WOKEN_PART, WOKEN_RECORD } from './records.ts';
import { emitSend, KEY_AT, THREAD_STATE, WAITING } from './shared.ts';
import { emitTellTurns } from './turns.ts';

/** Below what the programs have on the stack that tell of wake-ups besides their own record. */
const RECORD_AT = -256;
/** R9 of whoever tells, meanwhile. */
const R9_AT = RECORD_AT - 8;
/** The entry of the CPU. */
const ENTRY_AT = RECORD_AT - 16;
const INTERRUPT_AT = ENTRY_AT - INTERRUPT_RECORD.sizeBytes;
const at = (field: Parameters<typeof WOKEN_RECORD.offset>[0]) => RECORD_AT + WOKEN_RECORD.offset(field);

const PART_FIELDS = Object.keys(WOKEN_PART) as (keyof typeof WOKEN_PART)[];
const PART_WORDS = PART_FIELDS.reduce((bytes, field) => bytes + (WOKEN_PART[field] === 'u64' ? 8 : 4), 0) / 8;

/** Copies the part of the state that `state` points to onto the stack, and takes it as told. Overwrites R1. */
export function emitTakeWoken(code: Assembler, state: Register, toStack: number): void {
  for (let i = 0; i < PART_WORDS; i += 1)
    code.load(64, R1, state, THREAD_STATE.offset('wakingNs') + 8 * i).store(64, FRAME, toStack + 8 * i, R1);
  emitForgetWoken(code, state);
}

export function emitForgetWoken(code: Assembler, state: Register): void {
  for (const field of ['wakingNs', 'wakeupNs'] as const) code.store(64, state, THREAD_STATE.offset(field), 0);
}

/** The thread whose state is in R9 and whose number is in `tid` waits on the CPU whose entry is in R0. */
export function emitKeepUntold(code: Assembler, tid: Register): void {
  code.note('told with the switch').store(64, R9, THREAD_STATE.offset('isUntold'), 1);
  code.store(64, R0, WAITING.offset('untold'), tid);
}

/** Tells of the wake-up in the state R0 of the thread whose number is in KEY_AT; R6 is the context. */
export function emitTellWoken(code: Assembler): void {
  code.note('a wake-up').store(32, FRAME, at('kind'), LATE_RECORD.woken);
  code.load(64, R1, FRAME, KEY_AT).store(32, FRAME, at('tid'), R1);
  code.load(64, R1, R0, THREAD_STATE.offset('queuedOn')).compute(R1, '+=', -1);
  code.store(64, FRAME, at('onCpu'), R1);
  emitTakeWoken(code, R0, at('wakingNs'));
  emitSend(code, RECORD_AT, WOKEN_RECORD.sizeBytes);
}

/** Tells of the thread that waits untold for the CPU whose entry is in R0, if one does. Overwrites R0 to R5. */
export function emitTellUntold(code: Assembler, name = 'untold'): void {
  const allTold = `${name}: all told`;
  code
    .store(64, FRAME, ENTRY_AT, R0)
    .note('an untold wake-up')
    .load(64, R1, R0, WAITING.offset('untold'))
    .jumpIf(R1, '==', 0, allTold);
  code.store(64, R0, WAITING.offset('untold'), 0).store(64, FRAME, KEY_AT, R1);
  code.mapAddress(R1, 'threads').set(R2, FRAME).compute(R2, '+=', KEY_AT).call('map_lookup_elem');
  code.jumpIf(R0, '==', 0, allTold).store(64, R0, THREAD_STATE.offset('isUntold'), 0);
  code.store(64, FRAME, R9_AT, R9).set(R9, R0);
  emitTellTurns(code, name);
  code.set(R0, R9).load(64, R9, FRAME, R9_AT);
  code.note('preempted, not woken').load(64, R1, R0, THREAD_STATE.offset('wakeupNs'));
  code.jumpIf(R1, '==', 0, allTold);
  emitTellWoken(code);
  emitTellInterrupt(code, allTold);
  code.label(allTold);
}

/** The interrupt that was kept with the thread that waits. */
function emitTellInterrupt(code: Assembler, otherwise: string): void {
  const field = (name: Parameters<typeof INTERRUPT_RECORD.offset>[0]) =>
    INTERRUPT_AT + INTERRUPT_RECORD.offset(name);
  code.note('an untold interrupt').load(64, R3, FRAME, ENTRY_AT);
  code.load(64, R1, R3, WAITING.offset('interruptUntilNs')).jumpIf(R1, '==', 0, otherwise);
  code.store(64, R3, WAITING.offset('interruptUntilNs'), 0).store(64, FRAME, field('untilNs'), R1);
  code.load(64, R1, R3, WAITING.offset('interruptSinceNs')).store(64, FRAME, field('sinceNs'), R1);
  code.note('where it waits').load(64, R1, FRAME, at('onCpu')).store(64, FRAME, field('onCpu'), R1);
  code.load(64, R1, R3, WAITING.offset('interruptId')).store(32, FRAME, field('id'), R1);
  code.store(32, FRAME, field('kind'), LATE_RECORD.interrupt).store(64, FRAME, field('stealNs'), 0);
  code.store(32, FRAME, field('level'), INTERRUPT_LEVEL.interrupt).store(32, FRAME, field('hasSteal'), 0);
  emitSend(code, INTERRUPT_AT, INTERRUPT_RECORD.sizeBytes);
}
