/** First touches while something watches them. */

import type { FaultObserver, SeenFaults } from './fault-observers.ts';
import { type MeasuredRun, startMeasured, waitForPerfEvents } from './measured-program.ts';
import type { Touched, Toucher } from './toucher.ts';

export interface WatchedTouches {
  readonly touched: Touched;
  /** All faults of the program while it was watched, as the kernel counts them. */
  readonly kernelFaults: number;
  readonly seen: SeenFaults;
  readonly observerCpuUs: number;
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
  folder: string,
): Promise<WatchedTouches> {
  const watching = await startMeasured(observer.argv(toucher.pid, folder));
  await waitForPerfEvents(watching.pid);
  const before = toucher.faultsSoFar();
  const touched = await toucher.touch(touches.mebibytes, touches.perSec);
  const kernelFaults = toucher.faultsSoFar() - before;
  process.kill(watching.pid, 'SIGINT');
  const run = await watching.ended;
  return { touched, kernelFaults, seen: readSeen(observer, run), observerCpuUs: run.cpuUs };
}

function readSeen(observer: FaultObserver, run: MeasuredRun): SeenFaults {
  try {
    return observer.seen(run);
  } catch (cause) {
    throw new Error(`${observer.name} ended with ${run.status}: ${run.stderr}`, { cause });
  }
}
