/** What the threads of a process did over many short intervals: what kinds of work are told apart by. */
import { isMissing, type Maybe, missing } from '../base/missing.ts';
import { type Spread, spreadOf } from '../stats/spread.ts';
import { fitRate, type RatePoint, type SteadyRate } from '../stats/steady-rate.ts';
import { perSec, sum } from './difference.ts';
import { type ProcessReading, taskKey } from './snapshot.ts';
import { processInterval, type ThreadInterval } from './task-interval.ts';

/** Shares are of one CPU, 0 to 100. */
export interface ThreadWork {
  readonly tid: number;
  readonly comm: string;
  /** Seen in the first and in the last reading. */
  readonly wholeTime: boolean;
  readonly runPct: Maybe<number>;
  readonly runDelayPct: Maybe<number>;
  /** Running or waiting for a CPU, over the intervals; null where neither is known. */
  readonly wanted: Spread | null;
  readonly migrationsPerSec: Maybe<number>;
  readonly wakeUpsPerSec: Maybe<number>;
  readonly preemptionsPerSec: Maybe<number>;
  readonly majorFaultsPerSec: Maybe<number>;
  /** How evenly it wakes; null where it does not, or was seen too shortly. */
  readonly wakeUps: SteadyRate | null;
  /** Of the readings, those in which it waited uninterruptibly, as for storage (state D). */
  readonly storageWaitPct: number;
  readonly lastCpu: number;
}

/** Adds readings up, one process at a time; keeps a few numbers a reading, not the readings. */
export class WorkCollector {
  #last: { readonly monotonicNs: bigint; readonly reading: ProcessReading } | null = null;
  #firstNs = 0n;
  readonly #threads = new Map<string, Tally>();
  #readings = 0;

  add(monotonicNs: bigint, reading: ProcessReading): void {
    this.#readings += 1;
    const last = this.#last;
    this.#last = { monotonicNs, reading };
    if (last === null) {
      this.#firstNs = monotonicNs;
      return;
    }
    const elapsedNs = Number(monotonicNs - last.monotonicNs);
    const { threads } = processInterval(last.reading, reading);
    const keys = new Map(reading.threads.map((thread) => [thread.tid, taskKey(thread.stat)]));
    for (const thread of threads) {
      const key = keys.get(thread.tid) as string;
      const tally = this.#threads.get(key) ?? new Tally(Number(last.monotonicNs - this.#firstNs));
      this.#threads.set(key, tally);
      tally.add(thread, Number(monotonicNs - this.#firstNs), elapsedNs);
    }
  }

  /** How many readings there were, the first included. */
  get readings(): number {
    return this.#readings;
  }

  get elapsedNs(): number {
    return this.#last === null ? 0 : Number(this.#last.monotonicNs - this.#firstNs);
  }

  /** Threads alive at the last reading, the one that ran most first. */
  threads(): readonly ThreadWork[] {
    const alive = new Set(this.#last?.reading.threads.map((thread) => taskKey(thread.stat)));
    return [...this.#threads]
      .filter(([key]) => alive.has(key))
      .map(([, tally]) => tally.work(this.#readings))
      .sort((a, b) => known(b.runPct) - known(a.runPct) || a.tid - b.tid);
  }
}

const COUNTED = [
  'runTimeNs',
  'runDelayNs',
  'migrations',
  'voluntarySwitches',
  'involuntarySwitches',
  'majorFaults',
] as const;

/** The sums of one thread. */
class Tally {
  readonly #sums = new Map<(typeof COUNTED)[number], Maybe<number>>();
  readonly #wantedPct: number[] = [];
  readonly #wakeUps: RatePoint[];
  #elapsedNs = 0;
  #waitedForStorage = 0;
  #intervals = 0;
  #latest: ThreadInterval | null = null;

  constructor(firstNs: number) {
    this.#wakeUps = [{ timeNs: firstNs, count: 0 }];
  }

  add(thread: ThreadInterval, timeNs: number, elapsedNs: number): void {
    this.#latest = thread;
    this.#intervals += 1;
    this.#elapsedNs += elapsedNs;
    for (const name of COUNTED) this.#sums.set(name, sum([this.#sums.get(name) ?? 0, thread[name]]));
    if (thread.state === 'D') this.#waitedForStorage += 1;
    const { runTimeNs, runDelayNs, voluntarySwitches } = thread;
    if (!isMissing(runTimeNs)) {
      const wantedNs = runTimeNs + (isMissing(runDelayNs) ? 0 : runDelayNs);
      this.#wantedPct.push(Math.min(100, (wantedNs / elapsedNs) * 100));
    }
    const before = this.#wakeUps.at(-1)?.count ?? 0;
    if (!isMissing(voluntarySwitches)) this.#wakeUps.push({ timeNs, count: before + voluntarySwitches });
  }

  work(readings: number): ThreadWork {
    const latest = this.#latest as ThreadInterval;
    const rate = (name: (typeof COUNTED)[number]) =>
      this.#over(name, (count) => perSec(count, this.#elapsedNs));
    const share = (name: (typeof COUNTED)[number]) =>
      this.#over(name, (ns) => Math.min(100, (ns / this.#elapsedNs) * 100));
    return {
      tid: latest.tid,
      comm: latest.comm,
      wholeTime: this.#intervals === readings - 1,
      runPct: share('runTimeNs'),
      runDelayPct: share('runDelayNs'),
      wanted: spreadOf(this.#wantedPct),
      migrationsPerSec: rate('migrations'),
      wakeUpsPerSec: rate('voluntarySwitches'),
      preemptionsPerSec: rate('involuntarySwitches'),
      majorFaultsPerSec: rate('majorFaults'),
      wakeUps: fitRate(this.#wakeUps),
      storageWaitPct: (this.#waitedForStorage / this.#intervals) * 100,
      lastCpu: latest.cpu,
    };
  }

  #over(name: (typeof COUNTED)[number], f: (value: number) => number): Maybe<number> {
    const value = this.#sums.get(name) ?? missing('absent', name);
    return isMissing(value) ? value : f(value);
  }
}

function known(value: Maybe<number>): number {
  return isMissing(value) ? 0 : value;
}
