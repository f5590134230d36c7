/** Measures the page faults of targets while a window is open. */
import { KeelError } from '../base/errors.ts';
import { type Maybe, type MissingReason, missing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { FaultCollector } from '../model/faults/collector.ts';
import type { WatchedStalls } from '../model/faults/stalls.ts';
import type { Clock } from './clock.ts';
import { openFaultEvents } from './fault-events.ts';
import { FaultRecorder } from './fault-recorder.ts';

export interface StallWatch {
  /** Ends it. Missing where the kernel does not let this user watch. */
  readonly finish: () => Promise<Maybe<WatchedStalls>>;
}

/** Starts at once. Costs the targets some 0.7 µs a fault. */
export function startStallWatch(host: Host, clock: Clock, tgids: readonly number[]): StallWatch {
  try {
    return watching(host, clock, tgids);
  } catch (error) {
    if (!(error instanceof KeelError)) throw error;
    const reasons: Partial<Record<string, MissingReason>> = { E_PRIVILEGE: 'denied', E_GONE: 'gone' };
    const because = missing(reasons[error.code] ?? 'unreadable', 'perf_event_open', error.parts.what.en);
    return { finish: async () => because };
  }
}

function watching(host: Host, clock: Clock, tgids: readonly number[]): StallWatch {
  const source = openFaultEvents(host, { tgids, callchains: false, enableOnExec: false });
  const collector = new FaultCollector();
  const recorder = new FaultRecorder(host, source, clock, collector.tables, (fault) => collector.add(fault));
  const stop = new AbortController();
  const done = recorder.run({
    durationNs: Number.POSITIVE_INFINITY,
    signal: stop.signal,
    isLiving: () => true,
    start: () => source.rings.enable(),
  });
  return {
    async finish() {
      stop.abort();
      const { lost, obtainedBy } = await done;
      return { lost, obtainedBy, summary: collector.summary() };
    },
  };
}
