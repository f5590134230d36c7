/** One process and its threads, read again and again: the files stay open, and what did not change is not read. */
import { isMissing, type Maybe, orNull } from '../base/missing.ts';
import type { Held, Host } from '../host/host.ts';
import type { Fill, RecordReader } from '../host/reader.ts';
import { threadList } from '../kernel/task/lists.ts';
import { type TaskSched, threadSched } from '../kernel/task/sched.ts';
import { type TaskSchedstat, threadSchedstat } from '../kernel/task/schedstat.ts';
import { processStat, type TaskStat, threadStat } from '../kernel/task/stat.ts';
import type { ProcessReading, ThreadReading } from '../model/snapshot.ts';

/** Three files each: with some targets of so many, still below the usual limit of 1024. Others are opened each time. */
const MOST_HELD_THREADS = 64;

/** The process that has this id at the first reading, never a later one with the same id. Close it. */
export class HeldProcess {
  readonly #host: Host;
  readonly #tgid: number;
  readonly #only: number | null;
  readonly #stat: Held<TaskStat>;
  readonly #threads = new Map<number, HeldThread>();

  /** @param only the one thread to read; all of them by default */
  constructor(host: Host, tgid: number, only: number | null = null) {
    this.#host = host;
    this.#tgid = tgid;
    this.#only = only;
    this.#stat = host.hold(processStat, { pid: tgid });
  }

  /** Missing where it has ended. A thread that ends while we look is left out. */
  read(): Maybe<ProcessReading> {
    const stat = this.#stat.read();
    if (isMissing(stat)) return stat;
    const tids = this.#tids();
    this.#forgetOthers(tids);
    const threads: ThreadReading[] = [];
    for (const tid of tids) {
      const thread = this.#readThread(tid);
      if (thread !== null) threads.push(thread);
    }
    return { tgid: this.#tgid, stat, threads };
  }

  close(): void {
    this.#stat.close();
    this.#forgetOthers([]);
  }

  #tids(): readonly number[] {
    if (this.#only !== null) return [this.#only];
    return orNull(this.#host.read(threadList, { pid: this.#tgid })) ?? [];
  }

  /** Where a known one has ended, its id may be another's by now. */
  #readThread(tid: number): ThreadReading | null {
    const known = this.#threads.get(tid);
    const reading = known?.read() ?? null;
    if (reading !== null) return reading;
    known?.close();
    const opened = new HeldThread(this.#host, this.#tgid, tid, this.#threads.size < MOST_HELD_THREADS);
    this.#threads.set(tid, opened);
    return opened.read();
  }

  #forgetOthers(tids: readonly number[]): void {
    if (this.#threads.size === 0) return;
    const still = new Set(tids);
    for (const [tid, thread] of this.#threads) {
      if (still.has(tid)) continue;
      thread.close();
      this.#threads.delete(tid);
    }
  }
}

class HeldThread {
  readonly #tgid: number;
  readonly #tid: number;
  readonly #stat: Held<TaskStat>;
  readonly #schedstat: Held<TaskSchedstat>;
  readonly #sched: Held<TaskSched>;
  #before: ThreadReading | null = null;

  constructor(host: Host, tgid: number, tid: number, staysOpen: boolean) {
    const open = <T, Path extends string>(reader: RecordReader<T, Path>, fill: Fill<Path>): Held<T> =>
      staysOpen ? host.hold(reader, fill) : host.reread(reader, fill);
    const at = { pid: tgid, tid };
    this.#tgid = tgid;
    this.#tid = tid;
    this.#stat = open(threadStat, at);
    this.#schedstat = open(threadSchedstat, at);
    this.#sched = open(threadSched, at);
  }

  /** The same object for as long as it does not run; null where it has ended. */
  read(): ThreadReading | null {
    const schedstat = this.#schedstat.read();
    if (this.#before !== null && hasNotRun(this.#before, schedstat)) return this.#before;
    const stat = this.#stat.read();
    const sched = this.#sched.read();
    if (isMissing(stat) || endedMeanwhile(schedstat) || endedMeanwhile(sched)) return null;
    this.#before = { tgid: this.#tgid, tid: this.#tid, stat, schedstat, sched };
    return this.#before;
  }

  close(): void {
    for (const file of [this.#stat, this.#schedstat, this.#sched]) file.close();
  }
}

/**
 * A thread that slept and was not put on a CPU since has the same counters: only its own running changes them, and each
 * arrival on a CPU counts as a time slice, even where no tick updates the run time. Another thread with the same id has
 * other times.
 */
function hasNotRun({ stat, schedstat: then }: ThreadReading, now: ThreadReading['schedstat']): boolean {
  if (isMissing(then) || isMissing(now) || stat.state === 'R' || now.timeslices === 0n) return false;
  return (
    then.timeslices === now.timeslices &&
    then.runTimeNs === now.runTimeNs &&
    then.runDelayNs === now.runDelayNs
  );
}

/** Half a thread would make the sums of its process unknown; one that ended is in no later snapshot anyway. */
function endedMeanwhile(value: Maybe<unknown>): boolean {
  return isMissing(value) && value.missing === 'gone';
}
