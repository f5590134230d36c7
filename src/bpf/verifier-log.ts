/** What the kernel's verifier says of a program, brought down to the line that matters and told in our own words. */
import { type Assembly, textOf } from './assembler.ts';

export interface Rejection {
  /** The slot the verifier stopped at; null where the log names none. */
  readonly slot: number | null;
  /** The instruction with our names in it; null without a slot. */
  readonly instruction: string | null;
  readonly label: string | null;
  readonly note: string | null;
  /** The verifier's own sentence. */
  readonly because: string;
}

/** Totals and hints that follow the reason (kernel/bpf/log.c, verifier.c). */
const AFTERWORD =
  /^(processed \d+ insns|verification time|stack depth|max_states|peak_states|mark_read|from \d+ to \d+|\d+: R\d)/;
const AT_SLOT = /^(\d+): \([0-9a-f]{2}\)/;

/** Of the log's text at level 1: the last instruction looked at, and the last line that is a reason. */
export function parseVerifierLog(log: string, assembly: Assembly): Rejection {
  const lines = log.split('\n').map((line) => line.trim());
  let slot: number | null = null;
  let because = '';
  for (const line of lines) {
    const at = AT_SLOT.exec(line);
    if (at) {
      slot = Number(at[1]);
      because = '';
    } else if (line !== '' && !line.startsWith(';') && !AFTERWORD.test(line)) because = line;
  }
  const instruction = slot === null ? undefined : assembly.instructions[slot];
  const origin = slot === null ? undefined : assembly.origins[slot];
  const map = assembly.maps.find((reference) => reference.slot === slot)?.map;
  return {
    slot,
    instruction: instruction === undefined ? null : textOf(instruction, map),
    label: origin?.label ?? null,
    note: origin?.note ?? null,
    because: because === '' ? 'no reason in the log' : because,
  };
}

/** `instruction 17 (label found: load task->mm; r1 = *(u64 *)(r6 +1136)): R6 invalid mem access 'scalar'`. */
export function renderRejection(rejection: Rejection): string {
  if (rejection.slot === null) return rejection.because;
  const where = [rejection.label === null ? null : `label ${rejection.label}`, rejection.note].filter(
    (part) => part !== null,
  );
  const place = [where.join(': '), rejection.instruction].filter((part) => part !== '').join('; ');
  return `instruction ${rejection.slot} (${place}): ${rejection.because}`;
}
