/**
 * One source for all who watch: it is opened for the first viewer and closed after the last, and whoever comes later
 * gets what is remembered. A viewer that does not keep up loses the oldest, and is told how many.
 */

export interface Delivered<T> {
  readonly items: readonly T[];
  /** Dropped for this viewer since the delivery before. */
  readonly dropped: number;
}

export interface FeedPlan<T> {
  readonly open: (signal: AbortSignal) => AsyncIterable<T>;
  /** How many are kept for those who come later. */
  readonly remembered: number;
  /** How many may wait for one viewer. */
  readonly waiting: number;
}

export class Feed<T> {
  readonly #plan: FeedPlan<T>;
  readonly #viewers = new Set<Viewer<T>>();
  #kept: T[] = [];
  #stop: AbortController | null = null;
  #failure: unknown = null;

  constructor(plan: FeedPlan<T>) {
    this.#plan = plan;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** What is remembered at once, then each as it comes. Ends with the source or the signal. @throws what it threw */
  async *watch(signal: AbortSignal): AsyncGenerator<Delivered<T>> {
    const viewer = new Viewer<T>(this.#plan.waiting, signal);
    this.#viewers.add(viewer);
    try {
      if (this.#stop === null) this.#start();
      yield { items: [...this.#kept], dropped: 0 };
      yield* viewer.deliveries();
      if (this.#failure !== null) throw this.#failure;
    } finally {
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.#stop?.abort();
    }
  }

  #start(): void {
    const stop = new AbortController();
    this.#stop = stop;
    this.#kept = [];
    this.#failure = null;
    void this.#run(stop);
  }

  async #run(stop: AbortController): Promise<void> {
    let failure: unknown = null;
    try {
      for await (const item of this.#plan.open(stop.signal)) {
        // Another source may have been opened since this one was told to end.
        if (this.#stop !== stop || stop.signal.aborted) break;
        this.#kept.push(item);
        if (this.#kept.length > this.#plan.remembered) this.#kept.shift();
        for (const viewer of this.#viewers) viewer.give(item);
      }
    } catch (error) {
      failure = error;
    }
    if (this.#stop !== stop) return;
    this.#stop = null;
    // One that came between the end of the last viewer and that of the source still wants to see.
    if (stop.signal.aborted && this.#viewers.size > 0) {
      this.#start();
      return;
    }
    this.#failure = failure;
    for (const viewer of this.#viewers) viewer.end();
  }
}

class Viewer<T> {
  readonly #most: number;
  readonly #signal: AbortSignal;
  #waiting: T[] = [];
  #dropped = 0;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(most: number, signal: AbortSignal) {
    this.#most = most;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.end(), { once: true });
  }

  give(item: T): void {
    this.#waiting.push(item);
    if (this.#waiting.length > this.#most) {
      this.#waiting.shift();
      this.#dropped += 1;
    }
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *deliveries(): AsyncGenerator<Delivered<T>> {
    while (!this.#signal.aborted) {
      if (this.#waiting.length > 0) {
        const [items, dropped] = [this.#waiting, this.#dropped];
        this.#waiting = [];
        this.#dropped = 0;
        yield { items, dropped };
        continue;
      }
      if (this.#isOver) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
