/**
 * Tells what decides about the lateness of one process: switches, wake-ups, moves, interrupts, page faults, quotas.
 *
 * It tells of a CPU only while a thread of the target runs there or waits for it, so a busy machine costs little. What
 * its parts write goes into the perf ring of their CPU; bpf/late/records.ts has the layouts. The parts share maps and
 * are of no use alone, so they are one program; each lies in a file of its own in bpf/late.
 */

import type { Assembly } from '../assembler.ts';
import type { KernelTypes } from '../kernel-types.ts';
import { expiryCode } from '../late/expiry-part.ts';
import { faultCompletionCode, faultEntryCode } from '../late/fault-parts.ts';
import { interruptEntryCode, interruptExitCode } from '../late/interrupt-parts.ts';
import { CPU_VECTORS, FIRST_VECTOR_ID } from '../late/records.ts';
import { type LateFields, type LateMaps, type LateOptions, lateFields, lateMaps } from '../late/shared.ts';
import { switchCode } from '../late/switch-part.ts';
import { migrateCode, wakeupCode, wakingCode } from '../late/wake-parts.ts';
import type { BuiltProgram, Program, ProgramPart } from '../program.ts';

export interface BuiltLateEvents extends BuiltProgram {
  readonly late: LateMaps;
}

export const lateEvents: Program<LateOptions, BuiltLateEvents> = {
  name: 'late-events',
  purpose: {
    en: 'tells every switch, wake-up, move, interrupt and slow fault that decides about the lateness of a process',
    ko: '프로세스의 지연을 결정하는 전환, 깨우기, 이동, 인터럽트, 느린 폴트를 알립니다',
  },
  since: [5, 15],
  build(types, options) {
    const fields = lateFields(types);
    const late = lateMaps(options);
    const parts = [
      tracepoint('keel_waking', 'sched_waking', wakingCode(fields, options)),
      tracepoint('keel_wakeup', 'sched_wakeup', wakeupCode(fields, options, 0)),
      tracepoint('keel_wakeup_new', 'sched_wakeup_new', wakeupCode(fields, options, 1)),
      tracepoint('keel_migrate', 'sched_migrate_task', migrateCode(fields, options)),
      ...interruptParts(types, fields, options),
      tracepoint('keel_expiry', 'hrtimer_expire_entry', expiryCode()),
      event('keel_fault_in', 'page-faults', faultEntryCode(fields, options)),
      event('keel_fault_min', 'minor-faults', faultCompletionCode(fields, options, 0)),
      event('keel_fault_maj', 'major-faults', faultCompletionCode(fields, options, 1)),
      // Last: from here on threads are told of, and what the others note is complete.
      tracepoint('keel_switch', 'sched_switch', switchCode(fields, options)),
    ];
    return { parts, maps: Object.values(late), late };
  },
};

function tracepoint(name: string, tracepointName: string, code: Assembly): ProgramPart {
  return { name, attachment: { kind: 'tracepoint', name: tracepointName }, code };
}

function event(
  name: string,
  of: 'page-faults' | 'minor-faults' | 'major-faults',
  code: Assembly,
): ProgramPart {
  return { name, attachment: { kind: 'perf-event', event: of }, code };
}

/** Vectors of the CPU are tracepoints of x86 alone. */
function interruptParts(types: KernelTypes, fields: LateFields, options: LateOptions): ProgramPart[] {
  const exit = (level: 'interrupt' | 'softirq') => interruptExitCode(fields, options, level, 'plain', null);
  const has = (name: string) => typeof types.typeId('typedef', `btf_trace_${name}`) === 'number';
  return [
    tracepoint('keel_irq_in', 'irq_handler_entry', interruptEntryCode('interrupt', null)),
    tracepoint('keel_irq_out', 'irq_handler_exit', exit('interrupt')),
    tracepoint('keel_soft_in', 'softirq_entry', interruptEntryCode('softirq', null)),
    tracepoint(
      'keel_soft_out',
      'softirq_exit',
      interruptExitCode(fields, options, 'softirq', 'with-steal', null),
    ),
    ...CPU_VECTORS.flatMap((vector, i) => {
      if (!has(`${vector}_entry`) || !has(`${vector}_exit`)) return [];
      const told = vector === 'local_timer' ? 'with-steal' : 'plain';
      return [
        tracepoint(
          `keel_vec${i}_in`,
          `${vector}_entry`,
          interruptEntryCode('interrupt', FIRST_VECTOR_ID + i),
        ),
        tracepoint(
          `keel_vec${i}_out`,
          `${vector}_exit`,
          interruptExitCode(fields, options, 'interrupt', told, FIRST_VECTOR_ID + i),
        ),
      ];
    }),
  ];
}
