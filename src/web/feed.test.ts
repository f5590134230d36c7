import { describe, expect, it } from 'vitest';
import { type Delivered, Feed } from './feed.ts';

/** A source that gives what it is told to, and tells whether it is open. */
class Source {
  opened = 0;
  isOpen = false;
  #waiting: number[] = [];
  #failure: Error | null = null;
  #isOver = false;
  #wake: () => void = () => {};

  give(...items: number[]): void {
    this.#waiting.push(...items);
    this.#wake();
  }

  end(failure: Error | null = null): void {
    this.#failure = failure;
    this.#isOver = true;
    this.#wake();
  }

  async *open(signal: AbortSignal): AsyncGenerator<number> {
    this.opened += 1;
    this.isOpen = true;
    try {
      while (!signal.aborted) {
        const [next] = this.#waiting.splice(0, 1);
        if (next !== undefined) yield next;
        else if (this.#isOver) {
          if (this.#failure !== null) throw this.#failure;
          return;
        } else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
      }
    } finally {
      this.isOpen = false;
    }
  }
}

function feedOf(source: Source, changes: { remembered?: number; waiting?: number } = {}) {
  return new Feed<number>({ open: (signal) => source.open(signal), remembered: 10, waiting: 10, ...changes });
}

/** Lets everything run that can run without waiting for a clock. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function view(feed: Feed<number>) {
  const stop = new AbortController();
  const deliveries = feed.watch(stop.signal);
  return {
    next: async () => (await deliveries.next()).value as Delivered<number> | undefined,
    leave: () => stop.abort(),
    deliveries,
  };
}

describe('a feed', () => {
  it('opens its source for the first viewer and closes it after the last', async () => {
    const source = new Source();
    const feed = feedOf(source);
    expect(source.opened).toBe(0);
    const [one, two] = [view(feed), view(feed)];
    await one.next();
    await two.next();
    expect([source.opened, source.isOpen, feed.viewers]).toEqual([1, true, 2]);
    source.give(7);
    expect((await one.next())?.items).toEqual([7]);
    expect((await two.next())?.items).toEqual([7]);
    one.leave();
    expect(await one.next()).toBeUndefined();
    expect(source.isOpen).toBe(true);
    two.leave();
    expect(await two.next()).toBeUndefined();
    await settle();
    expect(source.isOpen).toBe(false);
  });

  it('gives one who comes later what it remembers, which is bounded', async () => {
    const source = new Source();
    const feed = feedOf(source, { remembered: 2 });
    const early = view(feed);
    await early.next();
    source.give(1, 2, 3);
    await settle();
    await early.next();
    expect((await view(feed).next())?.items).toEqual([2, 3]);
  });

  it('drops the oldest of one who does not keep up, and says how many', async () => {
    const source = new Source();
    const feed = feedOf(source, { waiting: 2 });
    const slow = view(feed);
    await slow.next();
    source.give(1, 2, 3, 4, 5);
    for (let i = 0; i < 20; i++) await settle();
    expect(await slow.next()).toEqual({ items: [4, 5], dropped: 3 });
  });

  it('ends with its source, and passes its failure on', async () => {
    const source = new Source();
    const feed = feedOf(source);
    const viewer = view(feed);
    await viewer.next();
    source.end(new Error('gone'));
    await expect(viewer.next()).rejects.toThrow('gone');
    expect(feed.viewers).toBe(0);
  });

  it('opens a new source for one who comes while the old one is closing', async () => {
    const source = new Source();
    const feed = feedOf(source);
    const first = view(feed);
    await first.next();
    first.leave();
    const closing = first.next();
    const second = view(feed);
    await second.next();
    await closing;
    await settle();
    source.give(9);
    await settle();
    expect((await second.next())?.items).toEqual([9]);
  });
});
