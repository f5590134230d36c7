/**
 * Threads in state D. A wait for one page from storage is over in a moment, and the next may follow at once: a process
 * that memory holds up is found in it nearly always, and can be called in all the same. Only one that lasts is in the way.
 */
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { type TaskStat, threadStat } from '../kernel/task/stat.ts';

const UNINTERRUPTIBLE = 'D';
/** 400 ms: a page comes from a busy disk in tens of ms. */
const LOOKS = 40;
/** Where many threads are stuck, each of the others gets so many only. */
const LEAST_LOOKS = 3;
const PAUSE_MS = 10;

/** For the threads of one process together: hundreds of them may wait for a server that does not answer. */
export class Patience {
  #left = LOOKS;

  /** Looks at one thread. */
  get looks(): number {
    return Math.max(LEAST_LOOKS, this.#left);
  }

  use(looks: number): void {
    this.#left -= looks;
  }
}

/**
 * Whether the thread is in one wait that goes on: at each look in state D, and no fault of it completed meanwhile.
 * @param look the thread now; null where it has ended
 */
export function isStuck(
  first: TaskStat,
  look: () => TaskStat | null,
  pause: () => void,
  patience = new Patience(),
): boolean {
  const { looks: most } = patience;
  let now: TaskStat | null = first;
  for (let looks = 0; now?.state === UNINTERRUPTIBLE && faultsOf(now) === faultsOf(first); looks += 1) {
    if (looks === most) {
      patience.use(looks);
      return true;
    }
    pause();
    now = look();
  }
  return false;
}

const faultsOf = ({ minorFaults, majorFaults }: TaskStat) => minorFaults + majorFaults;

/** As isStuck, of a thread of this machine; looks for at most 0.4 s, and not at all where it is in another state. */
export function isStuckHere(host: Host, pid: number, stat: TaskStat, patience: Patience): boolean {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  return isStuck(
    stat,
    () => orNull(host.read(threadStat, { pid, tid: stat.id })),
    () => void Atomics.wait(sleeper, 0, 0, PAUSE_MS),
    patience,
  );
}
