/** First touches while something watches them. */

import type { FaultObserver, SeenFaults } from './fault-observers.ts';
import { type MeasuredRun, runMeasured, startMeasured, waitForPerfEvents } from './measured-program.ts';
import type { Touched, Toucher } from './toucher.ts';

export interface WatchedTouches {
  readonly touched: Touched;
  /** All faults of the program while it was watched, as the kernel counts them. */
  readonly kernelFaults: number;
  readonly seen: SeenFaults;
  /** While it watched, with its start and its end. */
  readonly observerCpuUs: number;
  /** For a summary afterwards; 0 where it makes none, or where nobody asked. */
  readonly summaryCpuUs: number;
}

export interface Touches {
  readonly mebibytes: number;
  /** 0: as fast as it goes. */
  readonly perSec: number;
}

/** The program sits still when the watching begins and when it ends, so that counts can be compared exactly. */
export async function touchWatched(
  toucher: Toucher,
  observer: FaultObserver,
  touches: Touches,
  { folder, summarizes = false }: WatchOptions,
): Promise<WatchedTouches> {
  const watching = await startMeasured(observer.argv(toucher.pid, folder));
  await waitForPerfEvents(watching.pid);
  const before = toucher.faultsSoFar();
  const touched = await toucher.touch(touches.mebibytes, touches.perSec);
  const kernelFaults = toucher.faultsSoFar() - before;
  process.kill(watching.pid, 'SIGINT');
  const run = await watching.ended;
  const ownUs = observer.summaryUs?.(run) ?? 0;
  const summarize = summarizes ? observer.summarize : undefined;
  const summary = summarize === undefined ? null : await runMeasured(summarize(folder));
  return {
    touched,
    kernelFaults,
    seen: readSeen(observer, run),
    observerCpuUs: run.cpuUs - ownUs,
    summaryCpuUs: ownUs + (summary?.cpuUs ?? 0),
  };
}

export interface WatchOptions {
  /** For what the observer writes. */
  readonly folder: string;
  /** A summary is made of it too. */
  readonly summarizes?: boolean;
}

function readSeen(observer: FaultObserver, run: MeasuredRun): SeenFaults {
  try {
    return observer.seen(run);
  } catch (cause) {
    throw new Error(`${observer.name} ended with ${run.status}: ${run.stderr}`, { cause });
  }
}
