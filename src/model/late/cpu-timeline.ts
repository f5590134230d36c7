/**
 * Who had one CPU, for as long as a thread of the target ran there or waited for it.
 *
 * Only then are switches told, so who runs when the telling begins is not known yet: the next event there says it, and
 * it holds from the beginning. Every event names the task that was running (its witness); where that is another one than
 * the switches say, a switch was not told, and is placed at the last event before.
 */
import type { InterruptName } from './events.ts';

interface Turn {
  readonly sinceNs: number;
  /** null while nobody has said who it is. */
  tid: number | null;
}

interface Interruption {
  readonly sinceNs: number;
  readonly untilNs: number;
  readonly interrupt: InterruptName;
}

export type Occupant =
  | { readonly kind: 'task'; readonly tid: number }
  | { readonly kind: 'interrupt'; readonly interrupt: InterruptName }
  | { readonly kind: 'nobody-known' };

export type VisitOccupant = (occupant: Occupant, fromNs: number, toNs: number) => void;

const NOBODY: Occupant = { kind: 'nobody-known' };

export class CpuTimeline {
  #turns: Turn[] = [];
  #interruptions: Interruption[] = [];
  #steals: { readonly timeNs: number; readonly sumNs: number }[] = [];
  #firstStealNs: number | null = null;
  #lastEventNs = 0;
  #healedNs = 0;
  #unseenSwitches = 0;

  /** Time that was given to a task because a witness, not a switch, said so. */
  get healedNs(): number {
    return this.#healedNs;
  }

  get unseenSwitches(): number {
    return this.#unseenSwitches;
  }

  /** From the first to the last time that it was told. */
  get stealGrowthNs(): number {
    return (this.#steals.at(-1)?.sumNs ?? 0) - (this.#firstStealNs ?? 0);
  }

  get lastEventNs(): number {
    return this.#lastEventNs;
  }

  /** Switches are told from here on; who runs is not known. */
  beginCoverage(timeNs: number): void {
    this.#turns.push({ sinceNs: this.#after(timeNs), tid: null });
  }

  /** An event of this CPU says who is running. */
  witness(timeNs: number, tid: number): void {
    const current = this.#turns.at(-1);
    if (current === undefined) this.#turns.push({ sinceNs: this.#after(timeNs), tid });
    else if (current.tid === null) current.tid = tid;
    else if (current.tid !== tid) this.#heal(timeNs, tid);
    this.#lastEventNs = Math.max(this.#lastEventNs, timeNs);
  }

  switchTo(timeNs: number, tid: number): void {
    this.#turns.push({ sinceNs: this.#after(timeNs), tid });
    this.#lastEventNs = Math.max(this.#lastEventNs, timeNs);
  }

  interrupt(sinceNs: number, untilNs: number, interrupt: InterruptName): void {
    const last = this.#interruptions.at(-1)?.untilNs ?? untilNs;
    if (untilNs > sinceNs) this.#interruptions.push({ sinceNs, untilNs: Math.max(untilNs, last), interrupt });
  }

  /** @param sumNs taken by the hypervisor since boot */
  steal(timeNs: number, sumNs: number): void {
    const last = this.#steals.at(-1);
    if (last !== undefined && timeNs < last.timeNs) return;
    this.#firstStealNs ??= sumNs;
    // Most of the time nothing is taken: of equal sums the first and the last are enough.
    if (last?.sumNs === sumNs && this.#steals.at(-2)?.sumNs === sumNs) this.#steals.pop();
    this.#steals.push({ timeNs, sumNs });
  }

  /** The part of a stretch that the hypervisor had: growth is spread evenly between the two events around it. */
  stolenNs(fromNs: number, toNs: number): number {
    if (this.#steals.at(-1)?.sumNs === this.#steals[0]?.sumNs) return 0;
    return this.#stealUntil(toNs) - this.#stealUntil(fromNs);
  }

  /** Visits, in order and without a gap, who had the CPU from `fromNs` to `toNs`. */
  walk(fromNs: number, toNs: number, visit: VisitOccupant): void {
    let atNs = fromNs;
    const take = (occupant: Occupant, untilNs: number) => {
      if (untilNs <= atNs) return;
      visit(occupant, atNs, untilNs);
      atNs = untilNs;
    };
    for (const { sinceNs, untilNs, interrupt } of this.#sliced(fromNs, toNs)) {
      this.#walkTurns(atNs, sinceNs, take);
      take({ kind: 'interrupt', interrupt }, untilNs);
    }
    this.#walkTurns(atNs, toNs, take);
  }

  /** Whether anybody but one task can have had the CPU in a stretch. */
  isQuiet(fromNs: number, toNs: number): boolean {
    return this.stolenNs(fromNs, toNs) === 0 && this.#within(fromNs, toNs).length === 0;
  }

  /** Tasks that had the CPU within a stretch, in order; more often than once where they came back. */
  tasksWithin(fromNs: number, toNs: number): number[] {
    const tids: number[] = [];
    let atNs = fromNs;
    this.#walkTurns(fromNs, toNs, (occupant, untilNs) => {
      if (occupant.kind === 'task' && untilNs > atNs) tids.push(occupant.tid);
      atNs = untilNs;
    });
    return tids;
  }

  /** Forgets what is over before `timeNs`. */
  trim(timeNs: number): void {
    const first = Math.max(0, this.#turnAt(timeNs));
    if (first > 0) this.#turns = this.#turns.slice(first);
    this.#interruptions = this.#interruptions.filter((one) => one.untilNs > timeNs);
    const steal = lastAtOrBefore(this.#steals, timeNs, (one) => one.timeNs);
    if (steal > 0) this.#steals = this.#steals.slice(steal);
  }

  /** An event may be stamped before the one that came before it. */
  #after(timeNs: number): number {
    return Math.max(timeNs, this.#turns.at(-1)?.sinceNs ?? timeNs);
  }

  #heal(timeNs: number, tid: number): void {
    const sinceNs = this.#after(Math.min(this.#lastEventNs, timeNs));
    this.#turns.push({ sinceNs, tid });
    this.#unseenSwitches += 1;
    this.#healedNs += Math.max(0, timeNs - sinceNs);
  }

  #turnAt(timeNs: number): number {
    return lastAtOrBefore(this.#turns, timeNs, (turn) => turn.sinceNs);
  }

  #walkTurns(fromNs: number, toNs: number, take: (occupant: Occupant, untilNs: number) => void): void {
    if (toNs <= fromNs) return;
    const first = this.#turnAt(fromNs);
    if (first < 0) take(NOBODY, Math.min(toNs, this.#turns[0]?.sinceNs ?? toNs));
    for (let i = Math.max(0, first); i < this.#turns.length; i += 1) {
      const { sinceNs, tid } = this.#turns[i] as Turn;
      if (sinceNs >= toNs) break;
      const untilNs = Math.min(toNs, this.#turns[i + 1]?.sinceNs ?? toNs);
      take(tid === null ? NOBODY : { kind: 'task', tid }, untilNs);
    }
  }

  /**
   * The interruptions within a stretch, in order and apart: of nested ones the innermost, which is the one that began
   * last, has its time, and the outer one goes on behind it.
   */
  #sliced(fromNs: number, toNs: number): Interruption[] {
    const within = this.#within(fromNs, toNs);
    if (within.length === 0) return within;
    within.sort((a, b) => a.sinceNs - b.sinceNs || b.untilNs - a.untilNs);
    const slices: Interruption[] = [];
    const open: Interruption[] = [];
    let atNs = fromNs;
    const closeUntil = (limitNs: number) => {
      for (let top = open.at(-1); top !== undefined && atNs < limitNs; top = open.at(-1)) {
        const untilNs = Math.min(limitNs, top.untilNs);
        if (untilNs > atNs) slices.push({ sinceNs: atNs, untilNs, interrupt: top.interrupt });
        atNs = Math.max(atNs, untilNs);
        if (top.untilNs <= atNs) open.pop();
      }
    };
    for (const one of within) {
      closeUntil(Math.min(toNs, one.sinceNs));
      atNs = Math.max(atNs, Math.min(toNs, one.sinceNs));
      open.push(one);
    }
    closeUntil(toNs);
    return slices;
  }

  /** They are told at their end, so the list is in the order of ends. */
  #within(fromNs: number, toNs: number): Interruption[] {
    const within: Interruption[] = [];
    for (let i = this.#interruptions.length - 1; i >= 0; i -= 1) {
      const one = this.#interruptions[i] as Interruption;
      if (one.untilNs <= fromNs) break;
      if (one.sinceNs < toNs) within.push(one);
    }
    return within;
  }

  #stealUntil(timeNs: number): number {
    const i = lastAtOrBefore(this.#steals, timeNs, (one) => one.timeNs);
    const [before, after] = [this.#steals[Math.max(0, i)], this.#steals[i + 1]];
    if (before === undefined) return 0;
    if (i < 0 || after === undefined) return before.sumNs;
    const share = (timeNs - before.timeNs) / Math.max(1, after.timeNs - before.timeNs);
    return before.sumNs + (after.sumNs - before.sumNs) * share;
  }
}

/** Binary search in a list ordered by time; -1 where all are later. */
export function lastAtOrBefore<T>(list: readonly T[], timeNs: number, timeOf: (one: T) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(list[middle] as T) <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
