/** A feed for each target that somebody watches; a few, so that pages left open do not add up. */
import { Feed, type FeedPlan } from './feed.ts';

const MOST_FEEDS = 4;

export class Feeds<T> {
  readonly #planFor: (target: string) => FeedPlan<T>;
  readonly #feeds = new Map<string, Feed<T>>();

  constructor(planFor: (target: string) => FeedPlan<T>) {
    this.#planFor = planFor;
  }

  /** null where too many others are watched. */
  of(target: string): Feed<T> | null {
    const known = this.#feeds.get(target);
    if (known !== undefined) return known;
    for (const [name, feed] of this.#feeds) {
      if (this.#feeds.size >= MOST_FEEDS && feed.viewers === 0) this.#feeds.delete(name);
    }
    if (this.#feeds.size >= MOST_FEEDS) return null;
    const feed = new Feed(this.#planFor(target));
    this.#feeds.set(target, feed);
    return feed;
  }
}
