/** A bucket of tokens that fills steadily: how often something may happen, short bursts allowed (RFC 2697, one rate). */

export interface Rate {
  /** At once, after a pause. */
  readonly burst: number;
  readonly perSec: number;
}

export class RateLimit {
  readonly #rate: Rate;
  #left: number;
  #filledNs: bigint;

  constructor(rate: Rate, nowNs: bigint) {
    this.#rate = rate;
    this.#left = rate.burst;
    this.#filledNs = nowNs;
  }

  /** Takes one if there is one. @param nowNs CLOCK_MONOTONIC */
  take(nowNs: bigint): boolean {
    const sinceSec = Number(nowNs - this.#filledNs) / 1e9;
    this.#left = Math.min(this.#rate.burst, this.#left + sinceSec * this.#rate.perSec);
    this.#filledNs = nowNs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
