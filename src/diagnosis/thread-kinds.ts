/** Threads that wake at a steady rate, and threads that wait for storage, as far as counters and states can tell. */

import type { ThreadWork } from '../model/thread-work.ts';
import { isSteady } from '../stats/steady-rate.ts';
import { known } from './look.ts';

/** With fewer, the distance from a line does not tell a clock from chance. */
export const LEAST_WAKE_UPS = 200;
/** From here on it is worth saying that more time would tell. */
export const SOME_WAKE_UPS = 20;
/** Slower ones are no game or audio ticks; faster ones than 200 Hz come near the kernel's own timer wheel at HZ. */
const [LEAST_HZ, MOST_HZ] = [4, 200];
/** One reading in ten: as few as a hundred readings show it with a spread of 3 %. */
export const STORAGE_PCT = 10;
/** A thread that wants a CPU all the time never sleeps on its grid. */
const ALWAYS_PCT = 95;

export function isTick(thread: ThreadWork): boolean {
  return mayTick(thread) && (thread.wakeUps?.events ?? 0) >= LEAST_WAKE_UPS;
}

/** As far as it was seen, it could be one. Storage can answer as evenly as a clock; who waits for it does not tick. */
export function mayTick(thread: ThreadWork): boolean {
  const { wakeUps, runPct, wholeTime } = thread;
  if (wakeUps === null || !wholeTime || known(runPct) >= ALWAYS_PCT || waitsForStorage(thread)) return false;
  return wakeUps.perSec >= LEAST_HZ && wakeUps.perSec <= MOST_HZ && isSteady(wakeUps);
}

/** It waits for storage, and for longer than it runs. */
export function waitsForStorage({ storageWaitPct, runPct }: ThreadWork): boolean {
  return storageWaitPct >= STORAGE_PCT && storageWaitPct > known(runPct);
}
