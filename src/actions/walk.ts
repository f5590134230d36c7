/**
 * Walks over the threads of a process until nothing new is found. A thread that is being cloned copies the settings of
 * its parent long before it appears in the list, and the list itself skips entries while others leave it; so one walk
 * that finds nothing proves nothing.
 */
import type { Controls, LiveThread, ProcessId } from './controls.ts';
import { Refused } from './refused.ts';

/** Walks in a row that must find nothing to do. A clone takes well below the time of one walk and its pause. */
const QUIET_WALKS = 3;
/** Far beyond what a process that multiplies as fast as it can needed in tests. */
const MOST_WALKS = 2_000;

/**
 * @param visit does what is to be done for the threads of one walk, and says how many needed it
 * @throws Refused `failed` where the process makes threads faster than they can be visited
 */
export function walkThreads(
  controls: Controls,
  process: ProcessId,
  visit: (threads: readonly LiveThread[]) => number,
): void {
  let quietWalks = 0;
  for (let walks = 0; quietWalks < QUIET_WALKS; walks += 1) {
    if (walks === MOST_WALKS) {
      throw new Refused('failed', {
        en: `process ${process.tgid} makes threads faster than they can be changed`,
        ko: `프로세스 ${process.tgid}이(가) 바꾸는 것보다 빠르게 스레드를 만들고 있습니다`,
      });
    }
    if (walks > 0) controls.pause();
    const threads = controls.threads(process);
    if (threads === null) return;
    quietWalks = visit(threads) === 0 ? quietWalks + 1 : 0;
  }
}
