/** A clock that stands still until a test moves it; whoever sleeps wakes in the order of time. */
import type { Clock } from '../../app/clock.ts';

interface Sleeper {
  readonly atNs: number;
  readonly wake: () => void;
}

/** Turns of the event loop in which everything that can go on without the clock goes on. */
const TURNS = 5;

export class TestClock implements Clock {
  #nowNs = 0;
  #sleepers: Sleeper[] = [];
  /** What the wall clock is off by. */
  wallJumpMs = 0;

  monotonicNs(): bigint {
    return BigInt(Math.round(this.#nowNs));
  }

  unixMs(): number {
    return 1_790_000_000_000 + Math.floor(this.#nowNs / 1e6) + this.wallJumpMs;
  }

  sleep(ns: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        this.#sleepers = this.#sleepers.filter((one) => one.wake !== wake);
        resolve();
      };
      signal?.addEventListener('abort', wake);
      this.#sleepers.push({ atNs: this.#nowNs + Math.max(0, ns), wake });
    });
  }

  async advance(ns: number): Promise<void> {
    const untilNs = this.#nowNs + ns;
    for (;;) {
      await settle();
      const next = this.#sleepers.reduce<Sleeper | null>(
        (first, one) => (first === null || one.atNs < first.atNs ? one : first),
        null,
      );
      if (next === null || next.atNs > untilNs) break;
      this.#nowNs = Math.max(this.#nowNs, next.atNs);
      next.wake();
    }
    this.#nowNs = untilNs;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
