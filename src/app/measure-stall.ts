/** Page-fault stall of processes while something else samples them: how long their threads were held. */
import type { Host } from '../host/host.ts';
import { FaultCollector } from '../model/faults/collector.ts';
import type { Clock } from './clock.ts';
import { openFaultEvents } from './fault-events.ts';
import { FaultRecorder } from './fault-recorder.ts';

export interface StallMeter {
  /** Nanoseconds by process and by thread since the last call. */
  readonly take: () => StallTaken;
  /** Stops and detaches. */
  readonly stop: () => Promise<void>;
}

export interface StallTaken {
  readonly byProcess: ReadonlyMap<number, number>;
  readonly byThread: ReadonlyMap<number, number>;
}

/**
 * Starts at once. Costs the targets about 0.5 µs a fault.
 * @throws KeelError as openFaultEvents does
 */
export function startStallMeter(host: Host, clock: Clock, tgids: readonly number[]): StallMeter {
  let byProcess = new Map<number, number>();
  let byThread = new Map<number, number>();
  const source = openFaultEvents(host, { tgids, callchains: false, enableOnExec: false, only: 'ring' });
  const recorder = new FaultRecorder(
    host,
    source,
    clock,
    new FaultCollector().tables,
    ({ tgid, tid, latencyNs }) => {
      byProcess.set(tgid, (byProcess.get(tgid) ?? 0) + latencyNs);
      byThread.set(tid, (byThread.get(tid) ?? 0) + latencyNs);
    },
  );
  const stop = new AbortController();
  const done = recorder.run({
    durationNs: Number.POSITIVE_INFINITY,
    signal: stop.signal,
    isLiving: () => true,
    start: () => source.rings.enable(),
  });
  return {
    take() {
      const taken = { byProcess, byThread };
      byProcess = new Map();
      byThread = new Map();
      return taken;
    },
    async stop() {
      stop.abort();
      await done;
    },
  };
}
