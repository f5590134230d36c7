/** What waits for one sink: on the disk where that works, in memory where it does not; bounded either way. */
import type { Notification } from '../../alerts/notification.ts';
import type { QueueFolder } from './queue-folder.ts';

/** 10,000 messages are a month of repetitions, or 100 MB of storms. */
const MOST_WAITING = 10_000;
/** Without a disk. */
const MOST_IN_MEMORY = 1000;

interface Held {
  /** null: in memory only. */
  readonly number: number | null;
  readonly group: string | null;
  readonly isRepeat: boolean;
  readonly notification: Notification | null;
}

export interface Added {
  /** What the disk said, where the message is in memory only. */
  readonly diskError: unknown;
  /** Messages that gave way. */
  readonly dropped: number;
}

export class Waiting {
  readonly #folder: QueueFolder | null;
  readonly #most: number;
  #held: Held[];

  constructor(folder: QueueFolder | null, most = MOST_WAITING) {
    this.#folder = folder;
    this.#most = most;
    // Of earlier runs the group is read when it is its turn.
    this.#held = (folder?.numbers() ?? []).map((number) => ({
      number,
      group: null,
      isRepeat: false,
      notification: null,
    }));
  }

  get length(): number {
    return this.#held.length;
  }

  /** A repetition takes the place of one of the same group that still waits: only the last is of use. */
  add(notification: Notification): Added {
    const { group, reason } = notification;
    const isRepeat = reason === 'repeat';
    if (isRepeat) this.#drop((one, i) => i > 0 && one.isRepeat && one.group === group);
    const { number, diskError } = this.#save(notification);
    this.#held.push({ number, group, isRepeat, notification: number === null ? notification : null });
    return { diskError, dropped: this.#makeRoom() };
  }

  /** The oldest; null where nothing waits. Files that are broken are left out. */
  first(): Notification | null {
    for (;;) {
      const [held] = this.#held;
      if (held === undefined) return null;
      const notification =
        held.notification ?? (held.number === null ? null : (this.#folder?.read(held.number) ?? null));
      if (notification !== null) return notification;
      this.removeFirst();
    }
  }

  removeFirst(): void {
    const held = this.#held.shift();
    if (held !== undefined) this.#forget(held);
  }

  #save(notification: Notification): { readonly number: number | null; readonly diskError: unknown } {
    try {
      return { number: this.#folder?.add(notification) ?? null, diskError: null };
    } catch (diskError) {
      return { number: null, diskError };
    }
  }

  /** Repetitions go first, then the oldest; never the one that is just being delivered. */
  #makeRoom(): number {
    let dropped = 0;
    const isFull = () =>
      this.#held.length > this.#most ||
      this.#held.filter(({ number }) => number === null).length > MOST_IN_MEMORY;
    while (isFull()) {
      const repeat = this.#held.findIndex((one, i) => i > 0 && one.isRepeat);
      const [held] = this.#held.splice(repeat > 0 ? repeat : 1, 1);
      if (held === undefined) break;
      this.#forget(held);
      dropped += 1;
    }
    return dropped;
  }

  #drop(isOut: (held: Held, i: number) => boolean): void {
    const out = this.#held.filter(isOut);
    this.#held = this.#held.filter((held, i) => !isOut(held, i));
    for (const held of out) this.#forget(held);
  }

  #forget({ number }: Held): void {
    if (number !== null) this.#folder?.remove(number);
  }
}
