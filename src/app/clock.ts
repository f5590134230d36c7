/** Time, as an effect: handed in, so that tests need not wait. */
export interface Clock {
  /** CLOCK_MONOTONIC. */
  monotonicNs(): bigint;
  /** The wall clock, which may jump: to show, never to measure with. */
  unixMs(): number;
  /** Resolves after `ns` (Infinity: not by time), or at once when the signal aborts; never rejects. */
  sleep(ns: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  monotonicNs: () => process.hrtime.bigint(),
  unixMs: () => Date.now(),
  async sleep(ns, signal) {
    let leftMs = ns / 1e6;
    do {
      await wait(Math.min(leftMs, MOST_TIMER_MS), signal);
      leftMs -= MOST_TIMER_MS;
    } while (leftMs > 0 && !signal?.aborted);
  },
};

/** A timer of Node takes 31 bits of milliseconds, 24.8 days; a longer one would fire at once. */
const MOST_TIMER_MS = 2 ** 31 - 1;

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    // A timer of Node may fire up to a millisecond before its time; what is left then would be a wake-up of its own.
    const timer = setTimeout(done, Math.ceil(ms));
    signal?.addEventListener('abort', done);
  });
}
