/** What a watch comes to: the tick, the moments, their causes, and the accounts of each thread. */
import { detectRecurrence, MOST_RUNS, type Recurrence } from '../../stats/restarting-tick.ts';
import { detectTick, MOST_EVENTS, type Tick } from '../../stats/tick-detection.ts';
import { CPU_DISTANCES, type CpuDistance } from '../cpu-distance.ts';
import type { Activations } from './activations.ts';
import type { LateAnalysis } from './analysis.ts';
import type { Label } from './causes.ts';
import { lastAtOrBefore } from './cpu-timeline.ts';
import type { TaskName } from './events.ts';
import { countRows } from './lateness-rows.ts';
import { type CauseShare, isMoreThanWaiting, type LateMoment, MomentTally } from './moments.ts';
import type { ThreadLedger } from './thread-ledger.ts';

export interface LateThread {
  readonly task: TaskName;
  /** Ready and waiting, from queue to turn. */
  readonly runDelayNs: number;
  readonly waits: number;
  /** null where it never waited. */
  readonly p50Ns: number | null;
  readonly p90Ns: number | null;
  readonly p99Ns: number | null;
  readonly p999Ns: number | null;
  readonly maxNs: number | null;
  readonly moments: number;
  readonly lateNs: number;
  /** On a CPU, interrupts included. */
  readonly onCpuNs: number;
  readonly switches: number;
  readonly migrations: number;
  /** Waiting for its own threads is what it does: it is not counted as late for that. */
  readonly isWorker: boolean;
}

export interface TickSummary {
  readonly task: TaskName;
  /** A fixed one has due times, a period apart; one that restarts is due a period after it ran last. */
  readonly timer: 'fixed' | 'restarts';
  readonly hz: number;
  readonly periodNs: number;
  /** From the first to the last tick; in how many of them it came. */
  readonly periods: number;
  readonly ticks: number;
  readonly latenessP50Ns: number;
  readonly latenessP99Ns: number;
  readonly latenessMaxNs: number;
  /** Late time of each tick, in order. */
  readonly latenessNs: readonly number[];
  /** Work of a usual tick. */
  readonly usualRunNs: number;
}

/** A thread that sleeps for a time and works for another, over and over: it has no due times, and cannot be late for one. */
export interface FreeRunning {
  readonly task: TaskName;
  readonly medianHz: number;
}

export interface LateSummary {
  /** With a tick, moments are ticks of its thread; without, stretches of late time of all threads. */
  readonly tick: TickSummary | null;
  /** Of several such threads the one that works most; null where there is none, or a tick. */
  readonly freeRunning: FreeRunning | null;
  /** null where only times are known. */
  readonly moments: number | null;
  readonly lateNs: number;
  readonly byCause: readonly CauseShare[];
  /** In the order of time, counted from the begin of the watch; of very many, the first. */
  readonly kept: readonly LateMoment[];
  /** Those with most run delay first. */
  readonly threads: readonly LateThread[];
  /** What all instants of all threads were; they add up to the time of all threads. */
  readonly totals: readonly { readonly label: Label; readonly ns: number }[];
  /** Counts of ticks by their lateness, or of waits for a CPU by their length; see lateness-rows.ts. */
  readonly rows: readonly number[];
  readonly faults: { readonly minor: number; readonly major: number };
  /** Moves of all threads to another CPU, the nearest first. */
  readonly moves: readonly Moves[];
}

export interface Moves {
  /** null where the topology does not tell. */
  readonly distance: CpuDistance | null;
  readonly moves: number;
}

export function summarizeLateness(analysis: LateAnalysis, startNs: number, overNs: number): LateSummary {
  const ledgers = analysis.ledgers;
  const { tick, freeRunning } = findTick(analysis);
  const shown = tick === null ? ledgers : ledgers.filter((one) => one.tid === tick.task.tid);
  const as = tick === null ? 'stretches' : 'activations';
  const tally = new MomentTally();
  for (const ledger of shown) tally.merge(tallyOf(ledger, as));
  return {
    tick,
    freeRunning,
    moments: tally.moments,
    lateNs: tally.lateNs,
    byCause: tally.byCause(),
    kept: shown
      .flatMap((ledger) => keptOf(ledger, as))
      .map((one) => ({ ...one, fromNs: one.fromNs - startNs, toNs: one.toNs - startNs }))
      .sort((a, b) => a.fromNs - b.fromNs),
    threads: ledgers
      .map((ledger) => threadOf(ledger, analysis))
      .sort((a, b) => b.runDelayNs - a.runDelayNs || a.task.tid - b.task.tid),
    totals: totalsOf(ledgers),
    moves: [...CPU_DISTANCES, null].flatMap((distance) => {
      const moves = analysis.moves.get(distance);
      return moves === undefined ? [] : [{ distance, moves }];
    }),
    rows: tick === null ? waitRows(ledgers) : countRows(tick.latenessNs, overNs),
    faults: {
      minor: ledgers.reduce((sum, one) => sum + one.faults.minor, 0),
      major: ledgers.reduce((sum, one) => sum + one.faults.major, 0),
    },
  };
}

function tallyOf(ledger: ThreadLedger, as: 'stretches' | 'activations'): MomentTally {
  const collector = ledger.moments(as);
  return ledger.isWorker ? collector.withoutConditions : collector.all;
}

/** Of a worker, moments in which there is more than waiting for work. */
function keptOf(ledger: ThreadLedger, as: 'stretches' | 'activations'): readonly LateMoment[] {
  const { kept } = ledger.moments(as);
  if (!ledger.isWorker) return kept;
  return kept.filter(isMoreThanWaiting);
}

/**
 * Of the threads that wake at a rate, one that timers wake comes before one that is woken by others: those follow it.
 * Among equals the one that works most.
 */
function findTick(analysis: LateAnalysis): Pick<LateSummary, 'tick' | 'freeRunning'> {
  const found = analysis.ledgers
    .flatMap((ledger) => {
      const recurring = recurringIn(ledger.activations);
      if (recurring === null) return [];
      const byTimer = ledger.activations.byTimerRatio > 0.5 ? 1 : 0;
      return [{ ledger, recurring, byTimer, runNs: sumOf(ledger.activations.runsNs) }];
    })
    .sort((a, b) => b.byTimer - a.byTimer || b.runNs - a.runNs);
  for (const { ledger, recurring } of found) {
    const task = analysis.nameOf(ledger.tid);
    if ('timer' in recurring) return { tick: tickSummary(recurring, ledger, task), freeRunning: null };
  }
  const [first] = found;
  if (first === undefined || !('medianHz' in first.recurring)) return { tick: null, freeRunning: null };
  const freeRunning = { task: analysis.nameOf(first.ledger.tid), medianHz: first.recurring.medianHz };
  return { tick: null, freeRunning };
}

interface FoundTick extends Pick<TickSummary, 'timer' | 'hz' | 'periodNs' | 'periods' | 'ticks'> {
  /** The number of the tick that a time belongs to. */
  readonly indexOf: (timeNs: number) => number;
}

/** A grid says more than that something recurs, unless all sleeps are the same: then it fits by chance. */
function recurringIn(activations: Activations): FoundTick | Pick<FreeRunning, 'medianHz'> | null {
  const recurrence = detectRecurrence(activations.heaviest(MOST_RUNS));
  const fixed = recurrence?.sleepsTheSame ? null : detectTick(activations.heaviest(MOST_EVENTS));
  if (fixed !== null) return fixedTick(fixed);
  if (recurrence?.kind === 'free-running') return { medianHz: 1e9 / recurrence.medianNs };
  return recurrence === null ? null : restartingTick(recurrence);
}

function fixedTick(tick: Tick): FoundTick {
  const { phaseNs, periodNs } = tick;
  // A wake-up may come a little before the fitted grid.
  return { ...tick, timer: 'fixed', indexOf: (timeNs) => Math.floor((timeNs - phaseNs) / periodNs + 0.25) };
}

function restartingTick({ hz, periodNs, periods, startsNs }: Recurrence): FoundTick {
  const indexOf = (timeNs: number) =>
    Math.max(
      0,
      lastAtOrBefore(startsNs, timeNs, (ns) => ns),
    );
  return { timer: 'restarts', hz, periodNs, periods, ticks: startsNs.length, indexOf };
}

function tickSummary(tick: FoundTick, { activations }: ThreadLedger, task: TaskName): TickSummary {
  const { timer, hz, periodNs, periods, ticks, indexOf } = tick;
  const latenessNs = latenessOfTicks(indexOf, activations);
  const sorted = [...latenessNs].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const runs = activations.runsNs.slice().sort();
  return {
    timer,
    hz,
    periodNs,
    periods,
    ticks,
    task,
    latenessNs,
    latenessP50Ns: at(0.5),
    latenessP99Ns: at(0.99),
    latenessMaxNs: sorted.at(-1) ?? 0,
    usualRunNs: runs[runs.length >> 1] ?? 0,
  };
}

/** All late time from one due time to the next belongs to that tick, further wake-ups of the same tick included. */
function latenessOfTicks(indexOf: FoundTick['indexOf'], { startsNs, latesNs }: Activations): number[] {
  const byTick = new Map<number, number>();
  for (const [i, startNs] of startsNs.entries()) {
    const tick = indexOf(startNs);
    byTick.set(tick, (byTick.get(tick) ?? 0) + (latesNs[i] as number));
  }
  return [...byTick].sort(([a], [b]) => a - b).map(([, lateNs]) => lateNs);
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function threadOf(ledger: ThreadLedger, analysis: LateAnalysis): LateThread {
  const { waits } = ledger;
  const tally = tallyOf(ledger, 'stretches');
  return {
    task: analysis.nameOf(ledger.tid),
    runDelayNs: ledger.queuedNs,
    waits: waits.count,
    p50Ns: waits.quantile(0.5),
    p90Ns: waits.quantile(0.9),
    p99Ns: waits.quantile(0.99),
    p999Ns: waits.quantile(0.999),
    maxNs: waits.count === 0 ? null : waits.max,
    moments: tally.moments,
    lateNs: tally.lateNs,
    onCpuNs: ledger.onCpuNs,
    switches: ledger.states.counts.switches,
    migrations: ledger.states.counts.migrations,
    isWorker: ledger.isWorker,
  };
}

function totalsOf(ledgers: readonly ThreadLedger[]): LateSummary['totals'] {
  const sums = new Map<Label, number>();
  for (const ledger of ledgers)
    for (const [label, ns] of ledger.totals) sums.set(label, (sums.get(label) ?? 0) + ns);
  return [...sums].map(([label, ns]) => ({ label, ns })).sort((a, b) => b.ns - a.ns);
}

function waitRows(ledgers: readonly ThreadLedger[]): number[] {
  return ledgers.reduce<number[]>(
    (sums, { waitRows: rows }) => rows.map((count, i) => count + (sums[i] ?? 0)),
    [],
  );
}
