/**
 * From events to the accounts of each thread. Events come in the order of time; what has been judged is forgotten, so a
 * watch may last as long as one likes.
 */

import type { CpuDistance } from '../cpu-distance.ts';
import type { Surroundings } from './accounting.ts';
import { CpuTimeline } from './cpu-timeline.ts';
import {
  IDLE_TID,
  type InterruptEvent,
  type LateEvent,
  type MigrateEvent,
  type SwitchEvent,
  type TaskName,
  type TurnsEvent,
  type WakeupEvent,
  type WakingEvent,
  type Woken,
} from './events.ts';
import type { TellMoment } from './moments.ts';
import { ThreadLedger } from './thread-ledger.ts';

export interface AnalysisOptions {
  /** The process watched. */
  readonly tgid: number;
  /** Only this thread of it; null for all. */
  readonly tid: number | null;
  /** Events come from here on. */
  readonly startNs: number;
  readonly overNs: number;
  /** See Surroundings. */
  readonly entryNs: number;
  /** See Surroundings. */
  readonly distance: (from: number, to: number) => CpuDistance | null;
  /** See LedgerOptions. */
  readonly tell?: TellMoment | undefined;
}

/** Older events are forgotten this often, and long turns are handed on. */
const TIDY_EVERY_NS = 100e6;
/** A wake-up may be told so much later than it was: at the next switch or tick of its CPU. */
const TOLD_LATE_NS = 1e9;

export class LateAnalysis {
  readonly #options: AnalysisOptions;
  readonly #ledgers = new Map<number, ThreadLedger>();
  readonly #cpus = new Map<number, CpuTimeline>();
  /** How many threads of the target run on each CPU or wait for it. */
  readonly #coverage = new Map<number, number>();
  readonly #names = new Map<number, TaskName>();
  /** By timer, in order; the expiries of all timers stand under null. */
  readonly #expiries = new Map<number | null, number[]>();
  readonly #around: Surroundings;
  readonly #throttled: { readonly cpu: number; readonly fromNs: number; readonly toNs: number }[] = [];
  readonly #moves = new Map<CpuDistance | null, number>();
  #tidiedNs: number;
  /** Until it is known when accounts begin, nothing counts. */
  #countFromNs = Number.POSITIVE_INFINITY;
  #events = 0;

  constructor(options: AnalysisOptions) {
    this.#options = options;
    this.#tidiedNs = options.startNs;
    this.#around = {
      tgid: options.tgid,
      cpu: (cpu) => this.#cpu(cpu),
      nameOf: (tid) => this.#names.get(tid) ?? { tid, tgid: tid, comm: '?' },
      nextExpiryNs: (timer, afterNs) => this.#expiries.get(timer)?.find((ns) => ns > afterNs) ?? null,
      throttled: (cpu, fromNs, toNs) => this.#throttled.push({ cpu, fromNs, toNs }),
      entryNs: options.entryNs,
      distance: options.distance,
    };
  }

  get events(): number {
    return this.#events;
  }

  get ledgers(): readonly ThreadLedger[] {
    return [...this.#ledgers.values()];
  }

  /** Time judged by witnesses instead of switches, and how many switches that replaced. */
  get healed(): { readonly healedNs: number; readonly unseenSwitches: number } {
    const cpus = [...this.#cpus.values()];
    return {
      healedNs: cpus.reduce((sum, cpu) => sum + cpu.healedNs, 0),
      unseenSwitches: cpus.reduce((sum, cpu) => sum + cpu.unseenSwitches, 0),
    };
  }

  /** Time that quotas stopped the target, CPU by CPU: threads that are stopped together count once. */
  get throttledNs(): number {
    let sumNs = 0;
    const reached = new Map<number, number>();
    for (const { cpu, fromNs, toNs } of this.#throttled.sort((a, b) => a.fromNs - b.fromNs)) {
      const sinceNs = Math.max(fromNs, reached.get(cpu) ?? fromNs);
      sumNs += Math.max(0, toNs - sinceNs);
      reached.set(cpu, Math.max(toNs, reached.get(cpu) ?? toNs));
    }
    return sumNs;
  }

  /** How often threads were moved, by how far; null where that, or where from, is not known. */
  get moves(): ReadonlyMap<CpuDistance | null, number> {
    return this.#moves;
  }

  /** What the hypervisor took of each CPU, from the first to the last time that was told. */
  get stolenNs(): ReadonlyMap<number, number> {
    return new Map([...this.#cpus].map(([cpu, timeline]) => [cpu, timeline.stealGrowthNs]));
  }

  /** A thread that lives already: it is accounted for even if nothing is told of it. */
  expect(task: TaskName): void {
    if (!this.#isTarget(task)) return;
    this.#names.set(task.tid, task);
    this.#ledger(task.tid);
  }

  /** Accounts begin here: before the first event is added that is later. */
  countFrom(timeNs: number): void {
    this.#countFromNs = timeNs;
    for (const ledger of this.#ledgers.values()) ledger.countFrom(timeNs);
  }

  nameOf(tid: number): TaskName {
    return this.#around.nameOf(tid);
  }

  add(event: LateEvent): void {
    this.#events += 1;
    switch (event.kind) {
      case 'switch':
        this.#switch(event);
        break;
      case 'waking':
        this.#waking(event);
        break;
      case 'wakeup':
        this.#wakeup(event);
        break;
      case 'woken':
        this.#woken(event.tid, event.onCpu, event);
        break;
      case 'turns':
        this.#turns(event);
        break;
      case 'migrate':
        this.#migrate(event);
        break;
      case 'interrupt':
        this.#interrupt(event);
        break;
      case 'fault':
        this.#ledger(event.tid).fault(event);
        break;
      case 'quota-expiry':
        for (const timer of [event.timer, null]) this.#expiry(timer, event.timeNs);
        break;
    }
    if (event.timeNs - this.#tidiedNs > TIDY_EVERY_NS) this.#tidy(event.timeNs);
  }

  /** Ends the watch: what is open then ends here. */
  finish(timeNs: number): void {
    for (const ledger of this.#ledgers.values()) ledger.finish(timeNs);
  }

  #switch(event: SwitchEvent): void {
    const { previous, next, timeNs } = event;
    this.#names.set(previous.tid, previous);
    this.#names.set(next.tid, next);
    if (event.woken !== null) this.#woken(next.tid, event.cpu, event.woken);
    const timeline = this.#cpu(event.cpu);
    if (this.#isCovered(event.cpu)) timeline.witness(timeNs, previous.tid);
    timeline.switchTo(timeNs, next.tid);
    if (event.stealNs !== null) timeline.steal(timeNs, event.stealNs);
    if (this.#isTarget(previous) && !event.previousInTurns) {
      this.#change(previous.tid, event, (ledger) => {
        if (event.inFault) ledger.enterFault();
        ledger.states.switchedOut(event);
      });
    }
    if (this.#isTarget(next) && !event.nextInTurns)
      this.#change(next.tid, event, (ledger) => ledger.states.switchedIn(event));
  }

  #turns(event: TurnsEvent): void {
    const { tid, cpu, timeNs } = event;
    this.#change(tid, event, (ledger) => ledger.turns(event));
    const timeline = this.#cpu(cpu);
    if (event.after === 'runs') timeline.switchTo(timeNs, tid);
    timeline.steal(timeNs, event.stealNs);
  }

  #waking(event: WakingEvent): void {
    this.#names.set(event.waker.tid, event.waker);
    this.#change(event.tid, event, (ledger) => {
      ledger.sleptSo(event);
      ledger.states.waking(event);
    });
    this.#witness(event);
  }

  #wakeup(event: WakeupEvent): void {
    const { timeNs, isNew } = event;
    const change = ({ states }: ThreadLedger) => {
      if (isNew) states.born(timeNs);
      states.wokenUp(timeNs, event.onCpu);
    };
    this.#change(event.tid, event, change, isNew ? timeNs : undefined);
    this.#witness(event);
  }

  #woken(tid: number, cpu: number, { waking, queuedNs, sleptAsBefore }: Woken): void {
    this.#names.set(waking.waker.tid, waking.waker);
    this.#change(tid, { timeNs: queuedNs, cpu }, (ledger) => {
      ledger.states.waking(sleptAsBefore ? ledger.asBefore(waking) : waking);
      ledger.states.wokenUp(queuedNs, cpu);
    });
  }

  #migrate(event: MigrateEvent): void {
    const from = this.#ledger(event.tid).states.lastCpu;
    if (from !== null && from !== event.toCpu && event.timeNs >= this.#countFromNs) {
      const distance = this.#options.distance(from, event.toCpu);
      this.#moves.set(distance, (this.#moves.get(distance) ?? 0) + 1);
    }
    this.#change(event.tid, event, ({ states }) => states.migrated(event));
    this.#witness(event);
  }

  #interrupt(event: InterruptEvent): void {
    if (!this.#isCovered(event.cpu)) return;
    const timeline = this.#cpu(event.cpu);
    this.#witness(event);
    timeline.interrupt(event.sinceNs, event.timeNs, event.interrupt);
    if (event.stealNs !== null) timeline.steal(event.timeNs, event.stealNs);
  }

  #witness({ cpu, timeNs, witness }: { cpu: number; timeNs: number; witness: number | null }): void {
    if (witness !== null && this.#isCovered(cpu)) this.#cpu(cpu).witness(timeNs, witness);
  }

  #expiry(timer: number | null, timeNs: number): void {
    const known = this.#expiries.get(timer);
    if (known === undefined) this.#expiries.set(timer, [timeNs]);
    else known.push(timeNs);
  }

  /** Changes the state of a thread, and with it which CPUs are covered. */
  #change(
    tid: number,
    { timeNs, cpu: toldBy }: { timeNs: number; cpu: number },
    change: (ledger: ThreadLedger) => void,
    bornNs?: number,
  ): void {
    const ledger = this.#ledger(tid, bornNs);
    const before = ledger.states.watchedCpu;
    change(ledger);
    const after = ledger.states.watchedCpu;
    if (before === after) return;
    if (before !== null) this.#coverage.set(before, (this.#coverage.get(before) ?? 1) - 1);
    if (after === null) return;
    const covering = this.#coverage.get(after) ?? 0;
    this.#coverage.set(after, covering + 1);
    // A thread that begins to run says itself who has the CPU.
    if (covering === 0 && !(toldBy === after && ledger.states.isRunning))
      this.#cpu(after).beginCoverage(timeNs);
  }

  #isCovered(cpu: number): boolean {
    return (this.#coverage.get(cpu) ?? 0) > 0;
  }

  #isTarget({ tid, tgid }: TaskName): boolean {
    if (tid === IDLE_TID) return false;
    return this.#options.tid === null ? tgid === this.#options.tgid : tid === this.#options.tid;
  }

  #ledger(tid: number, bornNs?: number): ThreadLedger {
    const known = this.#ledgers.get(tid);
    if (known !== undefined) return known;
    const { startNs, overNs, tell } = this.#options;
    const ledger = new ThreadLedger({
      tid,
      startNs: bornNs ?? startNs,
      countFromNs: this.#countFromNs,
      overNs,
      around: this.#around,
      tell,
    });
    this.#ledgers.set(tid, ledger);
    return ledger;
  }

  #cpu(cpu: number): CpuTimeline {
    const known = this.#cpus.get(cpu);
    if (known !== undefined) return known;
    const timeline = new CpuTimeline();
    this.#cpus.set(cpu, timeline);
    return timeline;
  }

  #tidy(nowNs: number): void {
    this.#tidiedNs = nowNs;
    let neededNs = nowNs - TOLD_LATE_NS;
    for (const ledger of this.#ledgers.values()) {
      const { runningCpu } = ledger.states;
      // Up to the last event of its CPU: an interrupt that goes on is told at its end.
      if (runningCpu !== null) ledger.cutRun(Math.min(nowNs, this.#cpu(runningCpu).lastEventNs));
      neededNs = Math.min(neededNs, ledger.needsSinceNs ?? nowNs);
    }
    for (const timeline of this.#cpus.values()) timeline.trim(neededNs);
    for (const [timer, times] of this.#expiries)
      this.#expiries.set(
        timer,
        times.filter((timeNs) => timeNs >= neededNs),
      );
  }
}
