/** The activations of one thread, for the rate of a tick: numbers in columns, because a busy thread has ten thousand a second. */
import type { WeighedEvent } from '../../stats/tick-detection.ts';
import type { Activation } from './moments.ts';

/** An hour at 60 Hz. */
const MOST_ACTIVATIONS = 250_000;
const FIRST_PLACES = 256;
/** Interrupts of these bring work; other ones are timers. */
const BRINGS_WORK = /NET_|BLOCK|virtio|eth|nvme/;

export class Activations {
  #startsNs = new Float64Array(FIRST_PLACES);
  #runsNs = new Float64Array(FIRST_PLACES);
  #latesNs = new Float64Array(FIRST_PLACES);
  #byTimer = new Uint8Array(FIRST_PLACES);
  #count = 0;

  /** In the order of time; those behind the first very many are left out. */
  add({ startNs, runNs, lateNs, wokenBy }: Activation): void {
    if (this.#count >= MOST_ACTIVATIONS) return;
    if (this.#count === this.#startsNs.length) this.#grow();
    const i = this.#count;
    this.#startsNs[i] = startNs;
    this.#runsNs[i] = runNs;
    this.#latesNs[i] = lateNs;
    this.#byTimer[i] = wokenBy !== null && wokenBy.tid === null && !BRINGS_WORK.test(wokenBy.name) ? 1 : 0;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  get startsNs(): Float64Array {
    return this.#startsNs.subarray(0, this.#count);
  }

  get runsNs(): Float64Array {
    return this.#runsNs.subarray(0, this.#count);
  }

  get latesNs(): Float64Array {
    return this.#latesNs.subarray(0, this.#count);
  }

  /** The share of those that a timer began. */
  get byTimerRatio(): number {
    let sum = 0;
    for (let i = 0; i < this.#count; i += 1) sum += this.#byTimer[i] as number;
    return sum / Math.max(1, this.#count);
  }

  /** Those with most work behind them, in the order of time; of equal ones more, up to twice as many. */
  heaviest(most: number): WeighedEvent[] {
    const leastNs = this.#count <= most ? 0 : (this.runsNs.slice().sort()[this.#count - most] as number);
    const events: WeighedEvent[] = [];
    for (let i = 0; i < this.#count && events.length < 2 * most; i += 1) {
      const weightNs = this.#runsNs[i] as number;
      if (weightNs < leastNs) continue;
      events.push({ timeNs: this.#startsNs[i] as number, weightNs });
    }
    return events;
  }

  #grow(): void {
    const places = 2 * this.#startsNs.length;
    const longer = (column: Float64Array) => {
      const made = new Float64Array(places);
      made.set(column);
      return made;
    };
    this.#startsNs = longer(this.#startsNs);
    this.#runsNs = longer(this.#runsNs);
    this.#latesNs = longer(this.#latesNs);
    const byTimer = new Uint8Array(places);
    byTimer.set(this.#byTimer);
    this.#byTimer = byTimer;
  }
}
