/** Time, as an effect: handed in, so that tests need not wait. */
export interface Clock {
  /** CLOCK_MONOTONIC. */
  monotonicNs(): bigint;
  /** The wall clock, which may jump: to show, never to measure with. */
  unixMs(): number;
  /** Resolves after `ns`, or at once when the signal aborts; never rejects. */
  sleep(ns: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  monotonicNs: () => process.hrtime.bigint(),
  unixMs: () => Date.now(),
  sleep(ns, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ns / 1e6);
      signal?.addEventListener('abort', done);
    });
  },
};
