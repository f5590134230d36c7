/**
 * What waits for one sink: on the disk where that works, in memory where it does not, and then on the disk as soon as it
 * works again; bounded either way. What is in memory only is always what came last, so the order on the disk is right.
 */
import type { Notification } from '../../alerts/notification.ts';
import type { QueueFolder } from './queue-folder.ts';

/** 10,000 messages are a month of repetitions, or 100 MB of storms. */
const MOST_WAITING = 10_000;
/** Without a disk. */
const MOST_IN_MEMORY = 1000;

interface Held {
  /** null: in memory only. */
  number: number | null;
  /** null: of an earlier run; read when it is its turn. */
  readonly group: string | null;
  readonly isRepeat: boolean;
  notification: Notification | null;
}

export interface Added extends Saved {
  /** Messages that gave way. */
  readonly dropped: number;
}

export interface Saved {
  /** What the disk said, where messages are in memory only; null: none is. */
  readonly diskError: unknown;
  /** Messages that were in memory only before, and are on the disk now. */
  readonly saved: number;
}

export class Waiting {
  readonly #open: () => QueueFolder;
  readonly #most: number;
  #folder: QueueFolder | null = null;
  #held: Held[] = [];
  #inMemory = 0;
  /** What is being delivered. */
  #first: Held | null = null;
  /** Files that the disk did not let go of. */
  #leftOver: number[] = [];

  /** @param open of the folder; tried again as long as it throws an error of the file system */
  constructor(open: () => QueueFolder, most = MOST_WAITING) {
    this.#open = open;
    this.#most = most;
    this.save();
  }

  get length(): number {
    return this.#held.length;
  }

  /** A repetition takes the place of one of the same group that still waits: only the last is of use. */
  add(notification: Notification): Added {
    const { group, reason } = notification;
    const isRepeat = reason === 'repeat';
    if (isRepeat) this.#drop((one) => one.isRepeat && one.group === group);
    const before = this.#inMemory;
    this.#held.push({ number: null, group, isRepeat, notification });
    this.#inMemory += 1;
    const { diskError } = this.save();
    const saved = diskError === null ? before : 0;
    return { diskError, saved, dropped: this.#makeRoom() };
  }

  /** Tries to bring to the disk what is in memory only. */
  save(): Saved {
    const before = this.#inMemory;
    try {
      const folder = this.#openFolder();
      this.#removeLeftOver(folder);
      for (let i = this.#held.length - this.#inMemory; i < this.#held.length; i += 1)
        this.#saveOne(folder, i);
      return { diskError: null, saved: before };
    } catch (diskError) {
      return { diskError, saved: before - this.#inMemory };
    }
  }

  /** What is in memory only. */
  unsaved(): readonly Notification[] {
    return this.#held.flatMap(({ notification }) => notification ?? []);
  }

  /** The oldest; null where nothing waits. Files that are broken are left out. */
  first(): Notification | null {
    for (;;) {
      this.#first = this.#held[0] ?? null;
      if (this.#first === null) return null;
      const { number } = this.#first;
      const notification =
        this.#first.notification ?? (number === null ? null : (this.#folder?.read(number) ?? null));
      if (notification !== null) return notification;
      this.removeFirst();
    }
  }

  /** The one that `first` gave, wherever it is by now. */
  removeFirst(): void {
    const held = this.#first ?? this.#held[0];
    this.#first = null;
    if (held === undefined) return;
    this.#held.splice(this.#held.indexOf(held), 1);
    this.#forget(held);
  }

  /** What an earlier run left comes before what came meanwhile. */
  #openFolder(): QueueFolder {
    if (this.#folder !== null) return this.#folder;
    const folder = this.#open();
    const left = folder.numbers();
    this.#folder = folder;
    this.#held.unshift(
      ...left.map((number): Held => ({ number, group: null, isRepeat: false, notification: null })),
    );
    return folder;
  }

  #saveOne(folder: QueueFolder, i: number): void {
    const held = this.#held[i];
    if (held === undefined || held.notification === null) return;
    held.number = folder.add(held.notification);
    held.notification = null;
    this.#inMemory -= 1;
  }

  /** Repetitions go first, then the oldest; never the one that is just being delivered. */
  #makeRoom(): number {
    let dropped = 0;
    while (this.#held.length > this.#most || this.#inMemory > MOST_IN_MEMORY) {
      const others = this.#held.filter((one) => one !== this.#first);
      const held = others.find((one) => one.isRepeat) ?? others[0];
      if (held === undefined) break;
      this.#held.splice(this.#held.indexOf(held), 1);
      this.#forget(held);
      dropped += 1;
    }
    return dropped;
  }

  #drop(isOut: (held: Held) => boolean): void {
    const out = this.#held.filter((held) => held !== this.#first && isOut(held));
    if (out.length === 0) return;
    this.#held = this.#held.filter((held) => !out.includes(held));
    for (const held of out) this.#forget(held);
  }

  #forget({ number }: Held): void {
    if (number === null) {
      this.#inMemory -= 1;
      return;
    }
    try {
      this.#folder?.remove(number);
    } catch {
      this.#leftOver.push(number);
    }
  }

  /** Otherwise the next run would deliver them once more. @throws an error of the file system */
  #removeLeftOver(folder: QueueFolder): void {
    for (const number of this.#leftOver) folder.remove(number);
    this.#leftOver = [];
  }
}
