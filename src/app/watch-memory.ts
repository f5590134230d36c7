/** Everything that is measured about the memory of targets while a window is open: faults, waits, work. */
import { isMissing, type Maybe, type Missing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import type { WatchedStalls } from '../model/faults/stalls.ts';
import type { MemoryWork } from '../model/waits/memory-work.ts';
import type { SampledWaits } from '../model/waits/sampled-waits.ts';
import type { Clock } from './clock.ts';
import { MemoryWorkCounter } from './count-memory-work.ts';
import { startWaitSampling } from './sample-waits.ts';
import { startStallWatch } from './watch-stalls.ts';

/** null where nothing was to be measured; missing where it could not be. */
export interface WatchedMemory {
  readonly stalls: Maybe<WatchedStalls> | null;
  readonly waits: Maybe<SampledWaits> | null;
  readonly memoryWork: Maybe<MemoryWork> | null;
}

/** Where nothing was measured, and why. */
export function unwatchedMemory(because: Missing): WatchedMemory {
  return { stalls: because, waits: because, memoryWork: because };
}

/** Starts at once. */
export function startMemoryWatch(host: Host, clock: Clock, tgids: readonly number[]) {
  const stalls = startStallWatch(host, clock, tgids);
  const work = MemoryWorkCounter.open(host, tgids);
  const waits = startWaitSampling(host, clock, tgids);
  return {
    async finish(): Promise<WatchedMemory> {
      const memoryWork = isMissing(work) ? work : work.read();
      if (!isMissing(work)) work.close();
      return { memoryWork, waits: await waits.finish(), stalls: await stalls.finish() };
    },
  };
}
