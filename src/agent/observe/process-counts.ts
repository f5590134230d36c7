/**
 * What processes did between two sweeps, from the counters of their threads. The kernel keeps the faults of threads that
 * ended for the process alone, in a file each: that is read at first sight, and again when a thread has ended, so a
 * thousand processes that go on cost one sweep and no file.
 */
import { isMissing, type Maybe, missing } from '../../base/missing.ts';
import type { SweptThread } from '../../model/task-sweep.ts';
import type { ThreadGroup } from './thread-groups.ts';

/** Faults of a process, threads that ended included; null where it has ended. */
export type ReadTotals = (tgid: number) => { readonly minor: bigint; readonly major: bigint } | null;

export interface ProcessCounts {
  readonly tgid: number;
  /** Of its main thread. */
  readonly main: SweptThread;
  readonly threads: readonly SweptThread[];
  readonly minorFaults: Maybe<number>;
  readonly majorFaults: Maybe<number>;
  readonly runTimeNs: Maybe<number>;
  readonly runDelayNs: Maybe<number>;
  readonly migrations: Maybe<number>;
}

interface Known {
  readonly startTicks: bigint;
  /** As of the last sweep. */
  group: readonly SweptThread[];
  /** By TID. A thread that has not run is the same object in the next sweep. */
  threads: ReadonlyMap<number, SweptThread>;
  /** Faults of threads that ended. */
  endedMinor: bigint;
  endedMajor: bigint;
  /** What it did while its threads stay as they are: nothing. */
  quiet: ProcessCounts | null;
  pass: number;
}

export class ProcessCounter {
  readonly #known = new Map<number, Known>();
  #pass = 0;

  /**
   * @param of the processes that are asked for; the others are forgotten
   * @returns processes seen for the second time at least; of one that did nothing again, the same object
   */
  count(
    groups: ReadonlyMap<number, ThreadGroup>,
    of: Iterable<{ readonly tgid: number }>,
    readTotals: ReadTotals,
  ): ProcessCounts[] {
    this.#pass += 1;
    const counts: ProcessCounts[] = [];
    for (const { tgid } of of) {
      const group = groups.get(tgid);
      if (group === undefined || group.main === null) continue;
      const before = this.#known.get(tgid);
      if (before?.startTicks === group.main.startTicks) {
        before.pass = this.#pass;
        counts.push(countAgain(group.main, group.threads, before, readTotals));
      } else this.#known.set(tgid, firstSight(group.main, group.threads, readTotals, this.#pass));
    }
    this.#known.forEach(({ pass }, tgid) => {
      if (pass !== this.#pass) this.#known.delete(tgid);
    });
    return counts;
  }
}

function countAgain(
  main: SweptThread,
  threads: readonly SweptThread[],
  known: Known,
  readTotals: ReadTotals,
): ProcessCounts {
  const isQuiet = threads === known.group;
  if (isQuiet && known.quiet !== null) return known.quiet;
  const counts = countsOf(main, threads, known, readTotals);
  known.quiet = isQuiet ? counts : null;
  known.group = threads;
  return counts;
}

function firstSight(
  main: SweptThread,
  threads: readonly SweptThread[],
  readTotals: ReadTotals,
  pass: number,
): Known {
  const byTid = new Map(threads.map((thread) => [thread.tid, thread]));
  const totals = readTotals(main.tgid);
  return {
    startTicks: main.startTicks,
    group: threads,
    threads: byTid,
    endedMinor: totals === null ? 0n : above(totals.minor, faultsOf(threads, 'minorFaults')),
    endedMajor: totals === null ? 0n : above(totals.major, faultsOf(threads, 'majorFaults')),
    quiet: null,
    pass,
  };
}

/** Updates what is known. */
function countsOf(
  main: SweptThread,
  threads: readonly SweptThread[],
  known: Known,
  readTotals: ReadTotals,
): ProcessCounts {
  const before = known.threads;
  const { tgid } = main;
  const born = threads.filter((thread) => before.get(thread.tid)?.startTicks !== thread.startTicks);
  const ended = before.size > threads.length - born.length;
  const endedBefore = { minor: known.endedMinor, major: known.endedMajor };
  const lost = ended ? faultsOfGone(before, threads) : { minor: 0n, major: 0n };
  if (ended) rereadEnded(known, threads, readTotals(tgid), lost);
  const sum = (name: Counter) => sumOf(threads, before, name);
  const counts = {
    tgid,
    main,
    threads,
    minorFaults: plus(sum('minorFaults'), known.endedMinor - endedBefore.minor - lost.minor),
    majorFaults: plus(sum('majorFaults'), known.endedMajor - endedBefore.major - lost.major),
    runTimeNs: sum('runTimeNs'),
    runDelayNs: sum('runDelayNs'),
    migrations: sum('migrations'),
  };
  if (ended || born.length > 0 || threads.some((thread) => before.get(thread.tid) !== thread)) {
    known.threads = new Map(threads.map((thread) => [thread.tid, thread]));
  }
  return counts;
}

type Counter = 'minorFaults' | 'majorFaults' | 'runTimeNs' | 'runDelayNs' | 'migrations';

/** Of a thread born meanwhile, all that it did. */
function sumOf(
  threads: readonly SweptThread[],
  before: ReadonlyMap<number, SweptThread>,
  name: Counter,
): Maybe<number> {
  let total = 0;
  for (const thread of threads) {
    const now = thread[name];
    if (isMissing(now)) return now;
    const then = before.get(thread.tid);
    if (then === thread) continue;
    const start = then?.startTicks === thread.startTicks ? then[name] : 0n;
    if (isMissing(start)) return start;
    if (now < start) return missing('unreadable', name, 'the counter went back');
    total += Number(now - start);
  }
  return total;
}

/** What was known of threads that are no more. */
function faultsOfGone(before: ReadonlyMap<number, SweptThread>, threads: readonly SweptThread[]) {
  const now = new Map(threads.map((thread) => [thread.tid, thread.startTicks]));
  const gone = [...before.values()].filter((thread) => now.get(thread.tid) !== thread.startTicks);
  return { minor: faultsOf(gone, 'minorFaults'), major: faultsOf(gone, 'majorFaults') };
}

/** The file was read after the sweep: what the living did in between is counted again, once a thread ends anew. */
function rereadEnded(
  known: Known,
  threads: readonly SweptThread[],
  totals: ReturnType<ReadTotals>,
  lost: { readonly minor: bigint; readonly major: bigint },
): void {
  const least = { minor: known.endedMinor + lost.minor, major: known.endedMajor + lost.major };
  const minor = totals === null ? least.minor : above(totals.minor, faultsOf(threads, 'minorFaults'));
  const major = totals === null ? least.major : above(totals.major, faultsOf(threads, 'majorFaults'));
  known.endedMinor = minor > least.minor ? minor : least.minor;
  known.endedMajor = major > least.major ? major : least.major;
}

function faultsOf(threads: readonly SweptThread[], name: 'minorFaults' | 'majorFaults'): bigint {
  let total = 0n;
  for (const thread of threads) {
    const value = thread[name];
    if (!isMissing(value)) total += value;
  }
  return total;
}

function above(total: bigint, part: bigint): bigint {
  return total > part ? total - part : 0n;
}

function plus(sum: Maybe<number>, more: bigint): Maybe<number> {
  return isMissing(sum) ? sum : sum + Number(more);
}
