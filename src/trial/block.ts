/** A block: one placement for a fraction of a second, and what was measured meanwhile. Pure. */

/** What one watched thread did in a block. */
export interface ThreadBlock {
  readonly runTimeNs: number;
  readonly runDelayNs: number;
  readonly voluntarySwitches: number;
  /** At the end of the block: on a CPU or waiting for one. */
  readonly isRunnable: boolean;
}

/** Values that a gain must not be bought with; null where it could not be read. */
export interface GuardValues {
  /** Run delay of all threads of the target, nanoseconds per second. */
  readonly processDelayNs: number | null;
  /** Run delay of everybody else's, nanoseconds per second. */
  readonly othersDelayNs: number | null;
  /** Failures of the probe. */
  readonly probeErrors: number | null;
}

export const NO_GUARDS: GuardValues = { processDelayNs: null, othersDelayNs: null, probeErrors: null };

/** What the race is told of a block. */
export interface BlockValue {
  /** In the unit of the objective. */
  readonly value: number;
  /** Washout included: what it took from the budget. */
  readonly elapsedNs: number;
  readonly guards: GuardValues;
}

/**
 * Waiting per wake-up over the watched threads. The kernel books run delay only when a thread gets its CPU, so a thread
 * that was starved would read 0: without a wake-up, and runnable, it waited for as long as it did not run.
 * @returns nanoseconds, or null where all of them slept throughout: such a block says nothing
 */
export function waitingPerWakeUpNs(threads: readonly ThreadBlock[], blockNs: number): number | null {
  let delayNs = 0;
  let wakeUps = 0;
  for (const thread of threads) {
    if (thread.voluntarySwitches > 0) {
      delayNs += thread.runDelayNs;
      wakeUps += thread.voluntarySwitches;
    } else if (thread.isRunnable) {
      delayNs += Math.max(thread.runDelayNs, blockNs - thread.runTimeNs);
      wakeUps += 1;
    }
  }
  return wakeUps === 0 ? null : delayNs / wakeUps;
}
