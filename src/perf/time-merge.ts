/**
 * Puts the events of several rings into one order of time.
 *
 * An event may reach its ring after a later one has reached another, so events are held until a limit that was taken
 * before any ring was read: all that is older than the limit has arrived. Inside one ring time may step back by some
 * microseconds (an interrupt between the stamp and the reservation), hence a stable sort and no trust in order.
 */
export class TimeMerge<T> {
  readonly #timeOf: (event: T) => number;
  #held: T[] = [];

  constructor(timeOf: (event: T) => number) {
    this.#timeOf = timeOf;
  }

  push(event: T): void {
    this.#held.push(event);
  }

  /** The events up to the limit, ordered; later ones stay. */
  takeUntil(limitNs: number): T[] {
    const ordered = this.#held.sort((a, b) => this.#timeOf(a) - this.#timeOf(b));
    let count = ordered.length;
    while (count > 0 && this.#timeOf(ordered[count - 1] as T) > limitNs) count -= 1;
    this.#held = ordered.slice(count);
    ordered.length = count;
    return ordered;
  }

  get size(): number {
    return this.#held.length;
  }
}
