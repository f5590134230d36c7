/** /proc/PID/task/TID/sched: exact migrations, switches and the EEVDF slice; there with CONFIG_SCHED_DEBUG. */
import { fileReader } from '../../host/reader.ts';
import { bigNumber, numberedLines } from '../lines.ts';

export interface TaskSched {
  /** se.nr_migrations, which equals the perf event cpu-migrations; null where the kernel does not write it. */
  readonly migrations: bigint | null;
  readonly voluntarySwitches: bigint | null;
  readonly involuntarySwitches: bigint | null;
  /** The time the scheduler aims to run it at a stretch (EEVDF, Linux 6.6); null before. */
  readonly sliceNs: bigint | null;
}

export const threadSched = fileReader({
  path: '/proc/{pid}/task/{tid}/sched',
  doc: 'kernel/sched/debug.c, proc_sched_show_task',
  capture: 'task',
  parse(text): TaskSched {
    const values = new Map<string, bigint>();
    // The first line holds the task's name, which may look like anything.
    for (const { line, text: content } of numberedLines(text)) {
      const match = /^(se\.nr_migrations|nr_(?:in)?voluntary_switches|se\.slice)\s*:\s*(\S+)$/.exec(
        content.trim(),
      );
      if (line > 1 && match) values.set(match[1] as string, bigNumber(match[2], line));
    }
    return {
      migrations: values.get('se.nr_migrations') ?? null,
      voluntarySwitches: values.get('nr_voluntary_switches') ?? null,
      involuntarySwitches: values.get('nr_involuntary_switches') ?? null,
      sliceNs: values.get('se.slice') ?? null,
    };
  },
});
