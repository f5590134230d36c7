/** What is measured in a block, by objective. A meter is started, asked how far it is, and finished, block after block. */
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { threadList } from '../kernel/task/lists.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import { threadStat } from '../kernel/task/stat.ts';
import { threadStatus } from '../kernel/task/status.ts';
import { type ThreadBlock, waitingPerWakeUpNs } from '../trial/block.ts';
import type { Objective } from '../trial/objective.ts';
import { RUN_TIME, WAITING, WAKE_UPS } from '../trial/objective.ts';

export interface Reading {
  /** In the unit of the objective; null where the block says nothing and is repeated. */
  readonly value: number | null;
  /** Failures of a probe; null for meters that cannot fail. */
  readonly probeErrors: number | null;
}

export interface BlockMeter {
  readonly objective: Objective;
  start(): void;
  /** How much evidence there is so far, in wake-ups; a block goes on until there is enough. */
  evidence(): number;
  finish(blockNs: number): Promise<Reading>;
}

interface Counters {
  readonly runTimeNs: bigint;
  readonly runDelayNs: bigint;
  readonly voluntarySwitches: bigint;
  readonly isRunnable: boolean;
}

/** null where the thread has ended. */
export function readCounters(host: Host, tgid: number, tid: number): Counters | null {
  const at = { pid: tgid, tid };
  const times = orNull(host.read(threadSchedstat, at));
  const switches = orNull(host.read(threadStatus, at))?.voluntarySwitches ?? null;
  const stat = orNull(host.read(threadStat, at));
  if (times === null || switches === null || stat === null) return null;
  const { runTimeNs, runDelayNs } = times;
  return { runTimeNs, runDelayNs, voluntarySwitches: switches, isRunnable: stat.state === 'R' };
}

/** Counters of threads at the start of a block, and what came to them since. */
class ThreadCounters {
  readonly #host: Host;
  readonly #tgid: number;
  readonly #tids: () => readonly number[];
  #before = new Map<number, Counters>();

  constructor(host: Host, tgid: number, tids: () => readonly number[]) {
    this.#host = host;
    this.#tgid = tgid;
    this.#tids = tids;
  }

  start(): void {
    this.#before = this.#read();
  }

  /** Threads that were there at the start and still are. */
  since(): readonly ThreadBlock[] {
    return [...this.#read()].flatMap(([tid, now]) => {
      const before = this.#before.get(tid);
      if (before === undefined) return [];
      return [
        {
          runTimeNs: Number(now.runTimeNs - before.runTimeNs),
          runDelayNs: Number(now.runDelayNs - before.runDelayNs),
          voluntarySwitches: Number(now.voluntarySwitches - before.voluntarySwitches),
          isRunnable: now.isRunnable,
        },
      ];
    });
  }

  #read(): Map<number, Counters> {
    const counters = new Map<number, Counters>();
    for (const tid of this.#tids()) {
      const read = readCounters(this.#host, this.#tgid, tid);
      if (read !== null) counters.set(tid, read);
    }
    return counters;
  }
}

/** @param tids the watched threads */
export function waitingMeter(host: Host, tgid: number, tids: readonly number[]): BlockMeter {
  const counters = new ThreadCounters(host, tgid, () => tids);
  return {
    objective: WAITING,
    start: () => counters.start(),
    evidence: () => wakeUps(counters.since()),
    finish: async (blockNs) => ({
      value: waitingPerWakeUpNs(counters.since(), blockNs),
      probeErrors: null,
    }),
  };
}

/** Over all threads of the process, those included that are born between blocks. */
export function runTimeMeter(host: Host, tgid: number): BlockMeter {
  const counters = new ThreadCounters(host, tgid, allThreads(host, tgid));
  return {
    objective: RUN_TIME,
    start: () => counters.start(),
    evidence: () => Number.POSITIVE_INFINITY,
    finish: async (blockNs) => {
      const ranNs = counters.since().reduce((sum, thread) => sum + thread.runTimeNs, 0);
      return { value: (ranNs / blockNs) * 100, probeErrors: null };
    },
  };
}

export function wakeUpsMeter(host: Host, tgid: number): BlockMeter {
  const counters = new ThreadCounters(host, tgid, allThreads(host, tgid));
  return {
    objective: WAKE_UPS,
    start: () => counters.start(),
    evidence: () => Number.POSITIVE_INFINITY,
    finish: async (blockNs) => ({
      value: wakeUps(counters.since()) / (blockNs / 1e9),
      probeErrors: null,
    }),
  };
}

function allThreads(host: Host, tgid: number): () => readonly number[] {
  return () => orNull(host.read(threadList, { pid: tgid })) ?? [];
}

function wakeUps(threads: readonly ThreadBlock[]): number {
  return threads.reduce((sum, thread) => sum + thread.voluntarySwitches, 0);
}
