/** Counts the cache misses of processes with hardware counters, where the machine has any. */
import { isMissing, type Maybe, type Missing, missing, orNull } from '../base/missing.ts';
import type { CacheMisses } from '../diagnosis/classifier.ts';
import type { Host } from '../host/host.ts';
import { threadList } from '../kernel/task/lists.ts';
import { KernelError } from '../native/libc.ts';
import { PerfEvent } from '../native/perf-event.ts';
import { encodeAttributes, type HardwareEvent } from '../perf/attributes.ts';

const COUNTED = { misses: 'cache-misses', instructions: 'instructions' } as const satisfies Record<
  keyof CacheMisses,
  HardwareEvent
>;

export interface CacheMissCount {
  /** Ends it. Missing where there are no counters, or they may not be used. */
  readonly finish: () => Maybe<CacheMisses>;
}

/** Starts at once, for the threads that are there and those born later. In user mode: that needs the least right. */
export function startCacheMissCount(host: Host, tgids: readonly number[]): CacheMissCount {
  const events: { readonly counted: keyof CacheMisses; readonly event: PerfEvent }[] = [];
  const close = () => {
    for (const { event } of events) event.close();
  };
  try {
    for (const tgid of tgids)
      for (const tid of orNull(host.read(threadList, { pid: tgid })) ?? [])
        for (const counted of Object.keys(COUNTED) as (keyof CacheMisses)[])
          events.push({ counted, event: openEvent(COUNTED[counted], tid) });
  } catch (error) {
    close();
    const because = reasonOf(error);
    return { finish: () => because };
  }
  return {
    finish() {
      const [misses, instructions] = (['misses', 'instructions'] as const).map((counted) =>
        total(events.filter((one) => one.counted === counted).map(({ event }) => event.read())),
      );
      close();
      if (misses === undefined || isMissing(misses)) return misses ?? NEVER_RAN;
      return instructions === undefined || isMissing(instructions)
        ? (instructions ?? NEVER_RAN)
        : { misses, instructions };
    },
  };
}

const NEVER_RAN = missing('absent', 'perf_event_open', 'the counters of the CPU were not free in the window');

function openEvent(name: HardwareEvent, tid: number): PerfEvent {
  const source = { kind: 'hardware', name } as const;
  return new PerfEvent(encodeAttributes({ source, inherit: true, excludeKernel: true, startEnabled: true }), {
    tid,
  });
}

/** Where the kernel had to share the counters, each count stands for the part of the time it was counted in. */
export function total(
  readings: readonly { readonly count: bigint; readonly enabledNs: bigint; readonly runningNs: bigint }[],
): Maybe<number> {
  const ran = readings.filter(({ runningNs }) => runningNs > 0n);
  // A thread that slept throughout has run no counter and missed nothing; if all were so, nothing is known.
  if (ran.length === 0) return NEVER_RAN;
  return ran.reduce(
    (sum, { count, enabledNs, runningNs }) => sum + (Number(count) * Number(enabledNs)) / Number(runningNs),
    0,
  );
}

function reasonOf(error: unknown): Missing {
  if (!(error instanceof KernelError)) throw error;
  if (/^(EACCES|EPERM)$/.test(error.errnoName)) return missing('denied', 'perf_event_open', error.message);
  if (error.errnoName === 'ESRCH') return missing('gone', 'perf_event_open', error.message);
  return missing('absent', 'perf_event_open', 'no hardware counters here: keel doctor');
}
