/**
 * The threads of each process, from sweep to sweep. A process whose threads did nothing has the very same list as
 * before: whoever compares it by identity knows that nothing changed, and a thousand that sleep cost next to nothing.
 */
import type { SweptThread } from '../../model/task-sweep.ts';

export interface ThreadGroup {
  readonly tgid: number;
  /** Another array whenever one of them ran, was born or ended. */
  readonly threads: readonly SweptThread[];
  /** null where the sweep missed it. */
  readonly main: SweptThread | null;
}

interface Kept {
  readonly tgid: number;
  threads: readonly SweptThread[];
  main: SweptThread | null;
  /** Of the sweep in progress. */
  pass: number;
  seen: number;
  /** From the first thread on that differs. */
  changed: SweptThread[] | null;
}

export class ThreadGroups {
  readonly #kept = new Map<number, Kept>();
  #pass = 0;

  /** By TGID; valid until the next call. */
  update(threads: Iterable<SweptThread>): ReadonlyMap<number, ThreadGroup> {
    this.#pass += 1;
    for (const thread of threads) this.#add(thread);
    // Not for-of: what is done once a second stays uncompiled for minutes, and then each step of that makes an object.
    this.#kept.forEach((group) => {
      if (group.pass === this.#pass) conclude(group);
      else this.#kept.delete(group.tgid);
    });
    return this.#kept;
  }

  #add(thread: SweptThread): void {
    const group = this.#groupOf(thread.tgid);
    if (group.changed === null && group.threads[group.seen] !== thread) {
      group.changed = group.threads.slice(0, group.seen);
    }
    group.changed?.push(thread);
    group.seen += 1;
  }

  #groupOf(tgid: number): Kept {
    const pass = this.#pass;
    const known = this.#kept.get(tgid);
    if (known === undefined) {
      const group: Kept = { tgid, threads: [], main: null, pass, seen: 0, changed: null };
      this.#kept.set(tgid, group);
      return group;
    }
    if (known.pass !== pass) {
      known.pass = pass;
      known.seen = 0;
    }
    return known;
  }
}

function conclude(group: Kept): void {
  const { tgid, seen, changed } = group;
  if (changed === null && seen === group.threads.length) return;
  group.threads = changed ?? group.threads.slice(0, seen);
  group.main = group.threads.find((thread) => thread.tid === tgid) ?? null;
  group.changed = null;
}
