/** What adds up of one thread: its stretches with their faults, labels, moments, waits. */
import { LogHistogram } from '../../stats/log-histogram.ts';
import { type Labelled, labelStretch, type Surroundings } from './accounting.ts';
import { Activations } from './activations.ts';
import type { Label } from './causes.ts';
import type { FaultEvent, KeptTurn, TurnsEvent, Waking } from './events.ts';
import { type KnownSleep, labelTurn } from './kept-turns.ts';
import { emptyRows, rowOf } from './lateness-rows.ts';
import { type Activation, isMoreThanWaiting, MomentCollector, type TellMoment } from './moments.ts';
import { type Stretch, ThreadStates } from './thread-states.ts';

/** A fault may end without being told (a signal): so many stretches wait for its end at most. */
const MOST_HELD = 64;
/** A thread that waits for others this share of the time is a worker that waits for work, and that is no lateness. */
const WORKER_RATIO = 0.9;

export interface LedgerOptions {
  readonly tid: number;
  readonly startNs: number;
  /** What was before is followed, but does not count. */
  readonly countFromNs: number;
  readonly overNs: number;
  readonly around: Surroundings;
  /** Is told each stretch of late time when it is over; then nothing is kept that grows with the watch. */
  readonly tell?: TellMoment | undefined;
}

export class ThreadLedger {
  readonly tid: number;
  readonly states: ThreadStates;
  /** Lengths of waits for a CPU, from queue to turn. */
  readonly waits = new LogHistogram();
  readonly waitRows = emptyRows();
  readonly totals = new Map<Label, number>();
  readonly activations = new Activations();
  readonly faults = { minor: 0, major: 0 };
  readonly #stretches: MomentCollector;
  readonly #ticks: MomentCollector;
  readonly #around: Surroundings;
  readonly #overNs: number;
  #countFromNs: number;
  /** Stretches that wait for the end of a fault. */
  #held: Stretch[] = [];
  #faults: FaultEvent[] = [];
  #inFault = false;
  #lastSleep: KnownSleep | null = null;
  #queuedNs = 0;
  #onCpuNs = 0;

  constructor({ tid, startNs, countFromNs, overNs, around, tell }: LedgerOptions) {
    this.tid = tid;
    this.#countFromNs = countFromNs;
    this.#overNs = overNs;
    this.#around = around;
    this.states = new ThreadStates(startNs, countFromNs, (stretch) => this.#take(stretch));
    const tellStretch: TellMoment = (moment, shares) => {
      if (!this.isWorker || isMoreThanWaiting(moment)) tell?.(moment, shares);
    };
    this.#stretches = new MomentCollector({
      tid,
      overNs,
      endsAt: 'run',
      tell: tell === undefined ? undefined : tellStretch,
    });
    const activation = (one: Activation) => {
      if (tell === undefined) this.activations.add(one);
    };
    this.#ticks = new MomentCollector({
      tid,
      overNs,
      endsAt: 'idle',
      activation,
      tell: tell === undefined ? undefined : () => {},
    });
  }

  countFrom(timeNs: number): void {
    this.#countFromNs = timeNs;
    this.states.countFrom(timeNs);
  }

  /** Set before the switch that may end a stretch inside a fault. */
  enterFault(): void {
    this.#inFault = true;
  }

  fault(event: FaultEvent): void {
    this.#inFault = false;
    this.faults[event.major ? 'major' : 'minor'] += 1;
    this.#faults.push(event);
  }

  /** A waking that tells how it slept. */
  sleptSo({ sleep }: Waking): void {
    if (sleep !== null) this.#lastSleep = { sleep, left: this.states.left };
  }

  /** A waking from a sleep where it slept the last time that this was told. */
  asBefore(waking: Waking): Waking {
    return this.#lastSleep === null ? waking : { ...waking, sleep: this.#lastSleep.sleep };
  }

  /** Turns that were told together. Before the first of them it is off its CPU. */
  turns({ cpu, sinceNs, timeNs, turns, after }: TurnsEvent): void {
    this.#inFault = false;
    this.#release();
    this.states.leaveForTurns(sinceNs);
    let fromNs = this.states.sinceNs;
    let switches = 0;
    for (const [i, turn] of turns.entries()) {
      if (turn.toNs > this.#countFromNs) {
        this.#turn(turn, Math.max(fromNs, this.#countFromNs), turns[i + 1]);
        if (after !== 'runs' || i < turns.length - 1) switches += 1;
      }
      fromNs = Math.max(fromNs, turn.toNs);
    }
    this.states.goOnAfterTurns(Math.max(fromNs, timeNs), after, switches, cpu);
  }

  #turn(turn: KeptTurn, fromNs: number, next: KeptTurn | undefined): void {
    const cameNs = Math.max(fromNs, turn.cameNs);
    const toNs = Math.max(cameNs, turn.toNs);
    this.#onCpuNs += toNs - cameNs;
    this.#countWaitOf(cameNs - Math.min(cameNs, Math.max(fromNs, turn.queuedNs)));
    if (turn.before === 'short-sleep' && turn.interrupt === null && next?.before === 'short-sleep')
      this.#addCalm(fromNs, Math.min(cameNs, Math.max(fromNs, turn.wakingNs)), cameNs, toNs);
    else
      labelTurn(turn, fromNs, this.#lastSleep, this.#around, (label, from, to, by) =>
        this.#label({ label, fromNs: from, toNs: to, by }),
      );
  }

  /** What adds up of a turn between two sleeps that were meant: it is no part of a moment. */
  #addCalm(fromNs: number, wakingNs: number, cameNs: number, toNs: number): void {
    const [lateNs, runNs] = [cameNs - wakingNs, toNs - cameNs];
    this.#total('idle', wakingNs - fromNs);
    this.#total('wake-up', lateNs);
    this.#total('run', runNs);
    const activation = { startNs: wakingNs, runNs, lateNs, waitNs: lateNs, wokenBy: null };
    this.#stretches.addShort(activation);
    this.#ticks.addShort(activation);
  }

  /** A long turn is handed on in parts, unless its end decides about it. */
  cutRun(timeNs: number): void {
    if (this.#held.length === 0 && !this.#inFault) this.states.cutRun(timeNs);
  }

  finish(timeNs: number): void {
    this.states.finish(timeNs);
    this.#release();
    this.#stretches.finish();
    this.#ticks.finish();
  }

  /** The time from which on events are still needed; null where none are. */
  get needsSinceNs(): number | null {
    return this.#held[0]?.fromNs ?? this.states.needsSinceNs;
  }

  /** Time on queues, ready to run. */
  get queuedNs(): number {
    return this.#queuedNs;
  }

  /** Time on a CPU, interrupts included: what the kernel books as its run time. */
  get onCpuNs(): number {
    return this.#onCpuNs;
  }

  get isWorker(): boolean {
    const conditionNs = this.totals.get('condition') ?? 0;
    const all = [...this.totals.values()].reduce((sum, ns) => sum + ns, 0);
    return conditionNs > WORKER_RATIO * (all - (this.totals.get('unseen') ?? 0));
  }

  /** @param as whether moments are stretches, or activations such as the ticks of a tick thread */
  moments(as: 'stretches' | 'activations'): MomentCollector {
    return as === 'stretches' ? this.#stretches : this.#ticks;
  }

  #take(whole: Stretch): void {
    if (whole.toNs <= this.#countFromNs) return;
    const stretch = whole.fromNs < this.#countFromNs ? { ...whole, fromNs: this.#countFromNs } : whole;
    if (stretch.kind === 'run') this.#onCpuNs += stretch.toNs - stretch.fromNs;
    if (stretch.kind === 'absence') this.#countWait(stretch);
    this.#held.push(stretch);
    if (!this.#inFault || this.#held.length > MOST_HELD) this.#release();
  }

  #countWait({ fromNs, queue, toNs, ended }: Extract<Stretch, { kind: 'absence' }>): void {
    const [first] = queue;
    if (first === undefined) return;
    const waitNs = Math.max(0, toNs - Math.max(fromNs, first.sinceNs));
    if (ended === 'ran') this.#countWaitOf(waitNs);
    else this.#queuedNs += waitNs;
  }

  #countWaitOf(waitNs: number): void {
    this.#queuedNs += waitNs;
    this.waits.add(waitNs);
    const row = rowOf(waitNs, this.#overNs);
    this.waitRows[row] = (this.waitRows[row] ?? 0) + 1;
  }

  #release(): void {
    for (const stretch of this.#held) {
      labelStretch(stretch, this.#faults, this.#around, this.tid, (label, fromNs, toNs, by) =>
        this.#label({ label, fromNs, toNs, by }),
      );
    }
    const reachedNs = this.#held.at(-1)?.toNs ?? 0;
    this.#held = [];
    if (this.#faults.length > 0) this.#faults = this.#faults.filter((one) => one.timeNs > reachedNs);
  }

  #label(labelled: Labelled): void {
    const lengthNs = labelled.toNs - labelled.fromNs;
    if (lengthNs <= 0) return;
    this.#total(labelled.label, lengthNs);
    this.#stretches.add(labelled);
    this.#ticks.add(labelled);
  }

  #total(label: Label, ns: number): void {
    if (ns > 0) this.totals.set(label, (this.totals.get(label) ?? 0) + ns);
  }
}
