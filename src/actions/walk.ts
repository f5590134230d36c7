/**
 * Walks over the threads of a process until all are as they should be, and stay so without us.
 *
 * Two things hide a thread. One that is being cloned copies its parent's settings long before it appears in the list:
 * a parent that was changed may still bring forth a child with the old settings, as long as the clone goes on that it
 * was in, on a busy machine many milliseconds. A clone runs in its parent; it is over when the parent was seen asleep
 * after the change, or has had more CPU time since than any clone takes. And the list leaves out its newest threads
 * where others end while it is read (fs/proc/base.c, first_tid counts): a walk proves something only where the list was
 * the same before and after it.
 */
import { type Controls, type LiveThread, type ProcessId, type ThreadId, threadKey } from './controls.ts';
import { Refused } from './refused.ts';

/** CPU time. Cloning a thread takes some 20 µs. */
const LONGEST_CLONE_NS = 2_000_000n;
/** Where threads come and go without end: so many walks in a row that found nothing are taken for a proof. */
const MOST_QUIET_WALKS = 30;
/** What still needs a change then multiplies faster than it can be changed. */
const MOST_WALKS = 400;

/**
 * @param changed threads that were changed right before
 * @param visit does what is to be done for the threads of one walk, and says which it changed
 * @throws Refused `failed` where the process makes threads faster than they can be visited
 */
export function walkThreads(
  controls: Controls,
  process: ProcessId,
  changed: readonly ThreadId[],
  visit: (threads: readonly LiveThread[]) => readonly ThreadId[],
): void {
  const clones = new Clones(controls, process, changed);
  for (let walks = 0, quiet = 0; walks < MOST_WALKS; walks += 1) {
    // After a change at once again: the child of a thread that was found is perhaps being cloned.
    if (quiet > 0 || !clones.areOver) controls.pause();
    const listed = controls.tids(process);
    const threads = controls.threads(process);
    if (threads === null) return;
    clones.forgetEnded(threads);
    const found = visit(threads);
    clones.mayGoOn(found);
    quiet = found.length === 0 && clones.areOver ? quiet + 1 : 0;
    if (quiet > MOST_QUIET_WALKS) return;
    if (quiet > 0 && threads.length === listed.length && sameIds(listed, controls.tids(process))) return;
  }
  throw new Refused('failed', {
    en: `process ${process.tgid} makes threads faster than they can be changed`,
    ko: `프로세스 ${process.tgid}이(가) 바꾸는 것보다 빠르게 스레드를 만들고 있습니다`,
  });
}

/** The threads that were changed, until no clone can be going on in them that began before. */
class Clones {
  readonly #controls: Controls;
  readonly #process: ProcessId;
  /** Run time right after the change, by thread. */
  #since = new Map<string, bigint>();

  constructor(controls: Controls, process: ProcessId, changed: readonly ThreadId[]) {
    this.#controls = controls;
    this.#process = process;
    this.mayGoOn(changed);
  }

  get areOver(): boolean {
    return this.#since.size === 0;
  }

  mayGoOn(threads: readonly ThreadId[]): void {
    for (const thread of threads) {
      this.#since.set(threadKey(thread), this.#controls.runTimeNs(this.#process, thread));
    }
  }

  /** @param threads read after the change */
  forgetEnded(threads: readonly LiveThread[]): void {
    const left = new Map<string, bigint>();
    for (const thread of threads) {
      const since = this.#since.get(threadKey(thread));
      if (since === undefined || thread.isAsleep) continue;
      const ranNs = this.#controls.runTimeNs(this.#process, thread) - since;
      if (ranNs < LONGEST_CLONE_NS) left.set(threadKey(thread), since);
    }
    this.#since = left;
  }
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
