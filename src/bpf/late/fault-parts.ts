/** Page faults of the target: the begin is noted, the completion told unless it came fast. See perf/fault-samples.ts. */
import { Assembler, type Assembly } from '../assembler.ts';
import { FRAME, R0, R1, R2, R6, R7, R8, R9 } from '../instruction.ts';
import { FAULT_RECORD, LATE_COUNTS, LATE_RECORD } from './records.ts';
import {
  emitSend,
  emitThreadState,
  emitUnlessTarget,
  type LateFields,
  type LateOptions,
  RECORD_END,
  THREAD_STATE,
} from './shared.ts';
import { emitTellTurns } from './turns.ts';

const RECORD_AT = RECORD_END - FAULT_RECORD.sizeBytes;
const at = (field: Parameters<typeof FAULT_RECORD.offset>[0]) => RECORD_AT + FAULT_RECORD.offset(field);

/** The clock is read as late as possible here, and as early as possible at the completion. */
export function faultEntryCode(fields: LateFields, options: LateOptions): Assembly {
  const code = new Assembler();
  code.label('start').set(R6, R1).call('get_current_task_btf').set(R7, R0);
  // Processes that it starts inherit the events too.
  emitUnlessTarget(code, fields, R7, options, 'end');
  emitThreadState(code, fields, R7, 'faulting', 'end');
  code
    .set(R9, R0)
    .load(64, R1, R6, fields.eventAddress)
    .store(64, R9, THREAD_STATE.offset('faultAddress'), R1);
  code.note('now').call('ktime_get_ns').store(64, R9, THREAD_STATE.offset('faultNs'), R0);
  return code.label('end').set(R0, 0).exit().assemble();
}

export function faultCompletionCode(fields: LateFields, options: LateOptions, major: 0 | 1): Assembly {
  const code = new Assembler();
  code.label('start').set(R6, R1).note('now').call('ktime_get_ns').set(R8, R0);
  code.call('get_current_task_btf').set(R7, R0);
  emitUnlessTarget(code, fields, R7, options, 'end');
  code.mapValue(R1, 'counts', LATE_COUNTS.offset(major ? 'majorFaults' : 'minorFaults')).set(R2, 1);
  code.atomicAdd(64, R1, 0, R2);
  emitThreadState(code, fields, R7, 'served', 'end');
  code.set(R9, R0).load(64, R1, R9, THREAD_STATE.offset('faultNs')).jumpIf(R1, '==', 0, 'end');
  code.store(64, R9, THREAD_STATE.offset('faultNs'), 0).store(64, FRAME, at('sinceNs'), R1);
  code.compute(R8, '-=', R1).set64(R2, BigInt(options.faultOverNs)).jumpIf(R8, 's<', R2, 'short');
  emitTellTurns(code, 'fault');
  code.store(32, FRAME, at('kind'), LATE_RECORD.fault).store(64, FRAME, at('major'), major);
  code.load(32, R1, R7, fields.tid).store(32, FRAME, at('tid'), R1);
  code.load(64, R1, R9, THREAD_STATE.offset('faultAddress')).store(64, FRAME, at('address'), R1);
  emitSend(code, RECORD_AT, FAULT_RECORD.sizeBytes);
  code.jump('end').label('short').mapValue(R1, 'counts', LATE_COUNTS.offset('shortFaults')).set(R2, 1);
  code.atomicAdd(64, R1, 0, R2).mapValue(R1, 'counts', LATE_COUNTS.offset('shortFaultNs'));
  code.atomicAdd(64, R1, 0, R8);
  return code.label('end').set(R0, 0).exit().assemble();
}
