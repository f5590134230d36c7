/** What the watched processes did all in all: the summary on leaving. */
import { addInterval, type Totals } from '../../../model/totals.ts';
import type { WatchFrame } from '../../../model/watch/frame.ts';

export class WatchTotals {
  readonly #totals = new Map<number, Totals>();

  add({ targets, elapsedNs }: WatchFrame): void {
    for (const { tgid, activity } of targets)
      this.#totals.set(tgid, addInterval(this.#totals.get(tgid), activity, elapsedNs));
  }

  all(): readonly Totals[] {
    return [...this.#totals.values()];
  }
}
