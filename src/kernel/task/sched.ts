/** /proc/PID/task/TID/sched: exact migrations, switches and the EEVDF slice; there with CONFIG_SCHED_DEBUG. */
import { recordReader } from '../../host/reader.ts';
import { bigNumber } from '../lines.ts';

export interface TaskSched {
  /** se.nr_migrations, which equals the perf event cpu-migrations; null where the kernel does not write it. */
  readonly migrations: bigint | null;
  readonly voluntarySwitches: bigint | null;
  readonly involuntarySwitches: bigint | null;
  /** The time the scheduler aims to run it at a stretch (EEVDF, Linux 6.6); null before. */
  readonly sliceNs: bigint | null;
}

export const threadSched = recordReader({
  path: '/proc/{pid}/task/{tid}/sched',
  doc: 'kernel/sched/debug.c, proc_sched_show_task',
  capture: 'task',
  parse(text): TaskSched {
    return {
      migrations: counterOf(text, 'se.nr_migrations'),
      voluntarySwitches: counterOf(text, 'nr_voluntary_switches'),
      involuntarySwitches: counterOf(text, 'nr_involuntary_switches'),
      sliceNs: counterOf(text, 'se.slice'),
    };
  },
});

/**
 * The number behind `key   :`, or null where there is no such line. Searched for instead of split into lines: most of
 * the text is of no interest, and this is read for every thread of the machine.
 */
function counterOf(text: string, key: string): bigint | null {
  // The first line holds the task's name, which may look like anything; no other line starts the text.
  for (let at = text.indexOf(`\n${key}`); at >= 0; at = text.indexOf(`\n${key}`, at + 1)) {
    const colon = text.indexOf(':', at);
    const end = text.indexOf('\n', at + 1);
    if (colon < 0 || text.slice(at + 1, colon).trim() !== key) continue;
    const value = text.slice(colon + 1, end < 0 ? text.length : end).trim();
    // Which line it is matters to an error only.
    return /^\d{1,19}$/.test(value)
      ? BigInt(value)
      : bigNumber(value, text.slice(0, at + 1).split('\n').length);
  }
  return null;
}
