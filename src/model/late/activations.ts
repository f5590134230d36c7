/** The activations of one thread, for the rate of a tick: numbers in columns, because a busy thread has ten thousand a second. */
import type { Run } from '../../stats/restarting-tick.ts';
import type { Holder } from './accounting.ts';
import type { Activation } from './moments.ts';

/** An hour at 60 Hz. */
const MOST_ACTIVATIONS = 250_000;
const FIRST_PLACES = 256;
/** Interrupts of these bring work; other ones are timers. */
const BRINGS_WORK = /NET_|BLOCK|virtio|eth|nvme/;

/** Who began it. */
const BY = { unknown: 0, timer: 1, other: 2 } as const;

function isTimer({ tid, name }: Holder): boolean {
  return tid === null && !BRINGS_WORK.test(name);
}

export class Activations {
  #startsNs = new Float64Array(FIRST_PLACES);
  #runsNs = new Float64Array(FIRST_PLACES);
  #latesNs = new Float64Array(FIRST_PLACES);
  #waitsNs = new Float64Array(FIRST_PLACES);
  /** Of BY. */
  #by = new Uint8Array(FIRST_PLACES);
  #count = 0;

  /** In the order of time; those behind the first very many are left out. */
  add({ startNs, runNs, lateNs, waitNs, wokenBy }: Activation): void {
    if (this.#count >= MOST_ACTIVATIONS) return;
    if (this.#count === this.#startsNs.length) this.#grow();
    const i = this.#count;
    this.#startsNs[i] = startNs;
    this.#runsNs[i] = runNs;
    this.#latesNs[i] = lateNs;
    this.#waitsNs[i] = waitNs;
    this.#by[i] = wokenBy === null ? BY.unknown : isTimer(wokenBy) ? BY.timer : BY.other;
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
    for (let i = 0; i < this.#count; i += 1) sum += this.#by[i] === BY.timer ? 1 : 0;
    return sum / Math.max(1, this.#count);
  }

  /** Those with most work behind them, in the order of time; of equal ones more, up to twice as many. */
  heaviest(most: number): Run[] {
    const leastNs = this.#count <= most ? 0 : (this.runsNs.slice().sort()[this.#count - most] as number);
    const runs: Run[] = [];
    for (let i = 0; i < this.#count && runs.length < 2 * most; i += 1) {
      const weightNs = this.#runsNs[i] as number;
      if (weightNs < leastNs) continue;
      runs.push({
        timeNs: this.#startsNs[i] as number,
        weightNs,
        lateNs: this.#latesNs[i] as number,
        waitNs: this.#waitsNs[i] as number,
        byTimer: this.#by[i] === BY.unknown ? null : this.#by[i] === BY.timer,
      });
    }
    return runs;
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
    this.#waitsNs = longer(this.#waitsNs);
    const by = new Uint8Array(places);
    by.set(this.#by);
    this.#by = by;
  }
}
