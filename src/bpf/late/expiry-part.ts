/** hrtimer_expire_entry(timer, now): the end of a quota's period, the only sign that its groups may run again. */
import { Assembler, type Assembly } from '../assembler.ts';
import { FRAME, R0, R1, R2, R6, R7 } from '../instruction.ts';
import { EXPIRY_RECORD, LATE_RECORD } from './records.ts';
import { emitSend, KEY_AT, RECORD_END } from './shared.ts';

const RECORD_AT = RECORD_END - EXPIRY_RECORD.sizeBytes;

/** Only of timers that the switches noted. */
export function expiryCode(): Assembly {
  const code = new Assembler();
  code.label('start').set(R6, R1).load(64, R7, R6, 0).store(64, FRAME, KEY_AT, R7);
  code.note('has it stopped the target').mapAddress(R1, 'timers').set(R2, FRAME).compute(R2, '+=', KEY_AT);
  code.call('map_lookup_elem').jumpIf(R0, '==', 0, 'end');
  code.note('tell').store(64, FRAME, RECORD_AT + EXPIRY_RECORD.offset('kind'), LATE_RECORD.expiry);
  code.store(64, FRAME, RECORD_AT + EXPIRY_RECORD.offset('timer'), R7);
  emitSend(code, RECORD_AT, EXPIRY_RECORD.sizeBytes);
  return code.label('end').set(R0, 0).exit().assemble();
}
