/**
 * One thread of the target, from event to event: running, away, and what is known of each time away. A stretch is handed
 * on when it is over, because only then all that decides about it has been told.
 *
 *     unseen --in--> run      unseen --out--> it ran since the watch began
 *     run --out, runnable--> queued (preempted)     run --out--> asleep
 *     asleep --waking--> being woken --wakeup--> queued     queued --migrate--> queued elsewhere     any --in--> run
 */
import type { MigrateEvent, SwitchEvent, TurnsEvent, Waking } from './events.ts';

/** On the queue of one CPU. */
export interface QueuePart {
  readonly sinceNs: number;
  readonly cpu: number;
}

export interface Running {
  readonly kind: 'run';
  readonly fromNs: number;
  readonly toNs: number;
  readonly cpu: number;
}

/** What is known of a switch that took it off its CPU. */
export type Leaving = Pick<SwitchEvent, 'timeNs' | 'left' | 'throttled' | 'quotaTimer'>;

/** From one turn of the thread to the next. */
export interface Absence {
  readonly kind: 'absence';
  readonly fromNs: number;
  readonly toNs: number;
  /** The switch that took it off its CPU; null where it was not seen: it slept when the watch began, or is new. */
  readonly out: Leaving | null;
  /** null where nobody was seen to wake it, or nobody had to. */
  readonly waking: Waking | null;
  /** When it could have run; null where it never could. The parts follow one another up to the end. */
  readonly queue: readonly QueuePart[];
  /** It got a CPU at the end; otherwise the watch ended. */
  readonly ended: 'ran' | 'watch-over';
}

/** Before the first event of the thread. */
export interface Unseen {
  readonly kind: 'unseen';
  readonly fromNs: number;
  readonly toNs: number;
}

export type Stretch = Running | Absence | Unseen;

type State =
  | { kind: 'unseen' }
  | { kind: 'run'; cpu: number }
  | { kind: 'away'; out: Leaving | null; waking: Waking | null; queue: QueuePart[] };

export interface ThreadCounts {
  switches: number;
  migrations: number;
  /** It ran again after a sleep without that anybody was seen to wake it. */
  unseenWakes: number;
}

export class ThreadStates {
  readonly counts: ThreadCounts = { switches: 0, migrations: 0, unseenWakes: 0 };
  readonly #each: (stretch: Stretch) => void;
  #state: State = { kind: 'unseen' };
  #sinceNs: number;
  #lastCpu: number | null = null;
  /** Switches before it do not count. */
  #countFromNs: number;

  constructor(startNs: number, countFromNs: number, each: (stretch: Stretch) => void) {
    this.#sinceNs = startNs;
    this.#countFromNs = countFromNs;
    this.#each = each;
  }

  countFrom(timeNs: number): void {
    this.#countFromNs = timeNs;
  }

  /** From when on nothing was handed on yet. */
  get sinceNs(): number {
    return this.#sinceNs;
  }

  /** The CPU whose switches decide about this thread now; null while it sleeps or is not known. */
  get watchedCpu(): number | null {
    const state = this.#state;
    if (state.kind === 'run') return state.cpu;
    return state.kind === 'away' ? (state.queue.at(-1)?.cpu ?? null) : null;
  }

  /** Where it ran last, or was put to run; null before anything was told of it. */
  get lastCpu(): number | null {
    return this.#lastCpu;
  }

  get runningCpu(): number | null {
    return this.#state.kind === 'run' ? this.#state.cpu : null;
  }

  get isRunning(): boolean {
    return this.#state.kind === 'run';
  }

  /** The time from which on events are still needed to judge it; null while it sleeps. */
  get needsSinceNs(): number | null {
    const state = this.#state;
    if (state.kind === 'run') return this.#sinceNs;
    if (state.kind !== 'away') return null;
    const firstNs = state.waking?.timeNs ?? state.queue[0]?.sinceNs ?? null;
    return firstNs === null
      ? null
      : Math.max(this.#sinceNs, Math.min(firstNs, state.queue[0]?.sinceNs ?? firstNs));
  }

  /** How it left its CPU; null where it is on one, or that was not seen. */
  get left(): Leaving['left'] | null {
    return this.#state.kind === 'away' ? (this.#state.out?.left ?? null) : null;
  }

  /**
   * Turns follow from a time on that are accounted for elsewhere. Whatever was before ends there; a sleep that is open
   * goes on.
   */
  leaveForTurns(timeNs: number): void {
    const state = this.#state;
    if (state.kind === 'unseen') this.#give({ kind: 'unseen', fromNs: this.#sinceNs, toNs: timeNs });
    else if (state.kind === 'run')
      this.#give({ kind: 'run', fromNs: this.#sinceNs, toNs: timeNs, cpu: state.cpu });
    else if (state.waking !== null || state.queue.length > 0) this.#close(timeNs, 'ran');
  }

  /** Turns that ended at a time are accounted for. @param switches that they ended with */
  goOnAfterTurns(timeNs: number, after: TurnsEvent['after'], switches: number, cpu: number): void {
    this.counts.switches += switches;
    this.#sinceNs = Math.max(this.#sinceNs, timeNs);
    this.#lastCpu = cpu;
    if (after === 'runs') this.#state = { kind: 'run', cpu };
    else {
      const waits = after === 'waits';
      const out: Leaving = {
        timeNs: this.#sinceNs,
        left: waits ? 'runnable' : 'asleep',
        throttled: false,
        quotaTimer: null,
      };
      const queue = waits ? [{ sinceNs: this.#sinceNs, cpu }] : [];
      this.#state = { kind: 'away', out, waking: null, queue };
    }
  }

  switchedOut(event: SwitchEvent): void {
    if (event.timeNs >= this.#countFromNs) this.counts.switches += 1;
    this.#lastCpu = event.cpu;
    const state = this.#state;
    // Away already: its turn in between was not told. It is taken to have run since then.
    if (state.kind === 'away') this.#close(Math.min(event.timeNs, this.#lastKnownNs(state)), 'ran');
    this.#give({ kind: 'run', fromNs: this.#sinceNs, toNs: event.timeNs, cpu: event.cpu });
    const queue = event.left === 'runnable' ? [{ sinceNs: this.#sinceNs, cpu: event.cpu }] : [];
    this.#state = { kind: 'away', out: event, waking: null, queue };
  }

  switchedIn(event: SwitchEvent): void {
    const state = this.#state;
    if (state.kind === 'unseen') this.#give({ kind: 'unseen', fromNs: this.#sinceNs, toNs: event.timeNs });
    else if (state.kind === 'run')
      this.#give({ kind: 'run', fromNs: this.#sinceNs, toNs: event.timeNs, cpu: state.cpu });
    else {
      if (state.queue.length === 0) this.counts.unseenWakes += 1;
      this.#close(event.timeNs, 'ran');
    }
    this.#state = { kind: 'run', cpu: event.cpu };
    this.#lastCpu = event.cpu;
  }

  waking(event: Waking): void {
    const state = this.#away();
    if (state !== null && state.queue.length === 0) state.waking ??= event;
  }

  born(timeNs: number): void {
    this.#sinceNs = Math.max(this.#sinceNs, timeNs);
  }

  wokenUp(timeNs: number, onCpu: number): void {
    const state = this.#away();
    if (state === null || state.queue.length > 0) return;
    state.queue.push({ sinceNs: Math.max(this.#sinceNs, timeNs), cpu: onCpu });
  }

  /** While it is being woken, the wake-up itself tells the CPU. */
  migrated(event: MigrateEvent): void {
    this.counts.migrations += 1;
    this.#lastCpu = event.toCpu;
    const state = this.#state;
    const last = state.kind === 'away' ? state.queue.at(-1) : undefined;
    if (state.kind !== 'away' || last === undefined || last.cpu === event.toCpu) return;
    state.queue.push({ sinceNs: Math.max(last.sinceNs, event.timeNs), cpu: event.toCpu });
  }

  /** Hands on what is known so far of a long turn. */
  cutRun(timeNs: number): void {
    const state = this.#state;
    if (state.kind === 'run' && timeNs > this.#sinceNs)
      this.#give({ kind: 'run', fromNs: this.#sinceNs, toNs: timeNs, cpu: state.cpu });
  }

  finish(timeNs: number): void {
    const state = this.#state;
    if (state.kind === 'run')
      this.#give({ kind: 'run', fromNs: this.#sinceNs, toNs: timeNs, cpu: state.cpu });
    else if (state.kind === 'away') this.#close(timeNs, 'watch-over');
    else this.#give({ kind: 'unseen', fromNs: this.#sinceNs, toNs: timeNs });
    this.#state = { kind: 'unseen' };
  }

  /** The state of a thread that is not running; null for one that is. */
  #away(): Extract<State, { kind: 'away' }> | null {
    if (this.#state.kind === 'unseen') this.#state = { kind: 'away', out: null, waking: null, queue: [] };
    return this.#state.kind === 'away' ? this.#state : null;
  }

  #lastKnownNs(state: Extract<State, { kind: 'away' }>): number {
    return state.queue.at(-1)?.sinceNs ?? state.waking?.timeNs ?? this.#sinceNs;
  }

  #close(toNs: number, ended: Absence['ended']): void {
    const state = this.#state as Extract<State, { kind: 'away' }>;
    const { out, waking, queue } = state;
    this.#give({ kind: 'absence', fromNs: this.#sinceNs, toNs, out, waking, queue, ended });
  }

  /** Stretches follow one another; a time stamped before the last one counts as that one's. */
  #give(stretch: Stretch): void {
    const toNs = Math.max(this.#sinceNs, stretch.toNs);
    if (toNs > this.#sinceNs) this.#each(toNs === stretch.toNs ? stretch : { ...stretch, toNs });
    this.#sinceNs = toNs;
  }
}
