/**
 * Begin and end of interrupts and softirqs. The begin is only noted; the end is told, with the begin, where a thread of
 * the target runs there or waits for the CPU.
 */
import { Assembler, type Assembly } from '../assembler.ts';
import { FRAME, R0, R1, R2, R3, R6, R7, R8, R9 } from '../instruction.ts';
import { INTERRUPT_LEVEL, INTERRUPT_RECORD, LATE_RECORD } from './records.ts';
import {
  emitSend,
  emitSteal,
  emitUnlessTarget,
  emitUnlessWaiting,
  INTERRUPT_STATE,
  KEY_AT,
  type LateFields,
  type LateOptions,
  RECORD_END,
  THREAD_STATE,
  WAITING,
} from './shared.ts';
import { emitTellTurns } from './turns.ts';
import { emitTellUntold } from './untold-wakes.ts';

/** The task, while R9 is the state of a thread. */
const TASK_AT = RECORD_END - INTERRUPT_RECORD.sizeBytes - 8;
const ENTRY_AT = TASK_AT - 8;

type Level = keyof typeof INTERRUPT_LEVEL;

const RECORD_AT = RECORD_END - INTERRUPT_RECORD.sizeBytes;
const at = (field: Parameters<typeof INTERRUPT_RECORD.offset>[0]) =>
  RECORD_AT + INTERRUPT_RECORD.offset(field);

/** @param id of a vector; null where the first argument of the tracepoint tells */
export function interruptEntryCode(level: Level, id: number | null): Assembly {
  const code = new Assembler();
  code.label('start').set(R6, R1);
  emitState(code, 'end');
  code
    .label('note')
    .set(R7, R0)
    .load(64, R1, R7, INTERRUPT_STATE.offset(`${level}Ns`));
  // One inside another of its kind is part of it.
  code.jumpIf(R1, '!=', 0, 'end');
  if (id === null) code.note('its number').load(64, R1, R6, 0).compute32(R1, '=', R1);
  else code.set(R1, id);
  code.store(64, R7, INTERRUPT_STATE.offset(`${level}Id`), R1);
  code
    .note('now')
    .call('ktime_get_ns')
    .store(64, R7, INTERRUPT_STATE.offset(`${level}Ns`), R0);
  return code.label('end').set(R0, 0).exit().assemble();
}

/** @param told with the time that the hypervisor took: the ticks are often enough */
export function interruptExitCode(
  fields: LateFields,
  options: LateOptions,
  level: Level,
  told: 'with-steal' | 'plain',
  id: number | null,
): Assembly {
  const code = new Assembler();
  code.label('start').set(R6, R1);
  emitState(code, 'end');
  code.label('over').set(R7, R0).note('the end of what began');
  code.load(64, R1, R7, INTERRUPT_STATE.offset(`${level}Id`));
  if (id === null) code.load(64, R2, R6, 0).compute32(R2, '=', R2).jumpIf(R1, '!=', R2, 'end');
  else code.jumpIf(R1, '!=', id, 'end');
  code.load(64, R8, R7, INTERRUPT_STATE.offset(`${level}Ns`));
  code
    .jumpIf(R8, '==', 0, 'end')
    .set(R1, 0)
    .store(64, R7, INTERRUPT_STATE.offset(`${level}Ns`), R1);
  code.note('the task that runs here').call('get_current_task_btf').set(R9, R0);
  emitUnlessTarget(code, fields, R9, options, 'others');
  emitTellCurrent(code, fields);
  emitUnlessWaiting(code, 'tell');
  code.jump('waiting').label('others');
  emitUnlessWaiting(code, 'end');
  if (level === 'interrupt') emitKeepInterrupt(code);
  code.label('waiting');
  emitTellUntold(code);
  code.label('tell').store(32, FRAME, at('kind'), LATE_RECORD.interrupt);
  code.store(32, FRAME, at('level'), INTERRUPT_LEVEL[level]).store(64, FRAME, at('sinceNs'), R8);
  code.load(64, R1, R7, INTERRUPT_STATE.offset(`${level}Id`)).store(32, FRAME, at('id'), R1);
  code
    .store(32, FRAME, at('hasSteal'), 0)
    .store(64, FRAME, at('stealNs'), 0)
    .store(64, FRAME, at('untilNs'), 0)
    .store(64, FRAME, at('onCpu'), 0);
  if (told === 'with-steal') {
    emitSteal(code, fields, R9, 'send', () => {
      code.store(64, FRAME, at('stealNs'), R3).store(32, FRAME, at('hasSteal'), 1);
    });
  }
  code.label('send');
  emitSend(code, RECORD_AT, INTERRUPT_RECORD.sizeBytes);
  return code.label('end').set(R0, 0).exit().assemble();
}

/**
 * The first interrupt while a thread is being woken, or waits untold, is kept with it. R0 is the entry of this CPU, and
 * is so again behind this.
 */
function emitKeepInterrupt(code: Assembler): void {
  code.note('one waits untold').load(64, R1, R0, WAITING.offset('threads')).jumpIf(R1, '!=', 1, 'waiting');
  code.load(64, R1, R0, WAITING.offset('interruptUntilNs')).jumpIf(R1, '!=', 0, 'waiting');
  code.load(64, R1, R0, WAITING.offset('untold')).jumpIf(R1, '==', 0, 'waiting');
  code.store(64, FRAME, ENTRY_AT, R0).store(64, FRAME, KEY_AT, R1);
  code.mapAddress(R1, 'threads').set(R2, FRAME).compute(R2, '+=', KEY_AT).call('map_lookup_elem');
  code.set(R1, R0).load(64, R0, FRAME, ENTRY_AT).jumpIf(R1, '==', 0, 'waiting');
  code.note('was it woken').load(64, R1, R1, THREAD_STATE.offset('wakeupNs')).jumpIf(R1, '==', 0, 'waiting');
  code.call('ktime_get_ns').load(64, R1, FRAME, ENTRY_AT);
  code.store(64, R1, WAITING.offset('interruptUntilNs'), R0);
  code.store(64, R1, WAITING.offset('interruptSinceNs'), R8);
  code.load(64, R2, R7, INTERRUPT_STATE.offset('interruptId'));
  code.store(64, R1, WAITING.offset('interruptId'), R2).jump('end');
}

/** The turns of the thread of the target (R9) that runs here. */
function emitTellCurrent(code: Assembler, fields: LateFields): void {
  code.note('its turns').load(32, R1, R9, fields.tid).store(64, FRAME, KEY_AT, R1);
  code.mapAddress(R1, 'threads').set(R2, FRAME).compute(R2, '+=', KEY_AT).call('map_lookup_elem');
  code.jumpIf(R0, '==', 0, 'no turns').store(64, FRAME, TASK_AT, R9).set(R9, R0);
  emitTellTurns(code, 'current');
  code.load(64, R9, FRAME, TASK_AT).label('no turns');
}

/** Leaves the address of what this CPU is in in R0. */
function emitState(code: Assembler, otherwise: string): void {
  code.note('what this CPU is in').store(32, FRAME, KEY_AT, 0).mapAddress(R1, 'interrupts');
  code.set(R2, FRAME).compute(R2, '+=', KEY_AT).call('map_lookup_elem').jumpIf(R0, '==', 0, otherwise);
}
