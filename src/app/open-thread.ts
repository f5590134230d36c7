/** The files of one thread, read pass after pass, and what they say of it. */
import { isMissing, type Maybe, mapMaybe, missing } from '../base/missing.ts';
import type { TaskMemory } from '../bpf/task-records.ts';
import type { Held, Host } from '../host/host.ts';
import type { Fill, RecordReader } from '../host/reader.ts';
import { type TaskSched, threadSched } from '../kernel/task/sched.ts';
import { type TaskSchedstat, threadSchedstat } from '../kernel/task/schedstat.ts';
import { type TaskStat, threadStat } from '../kernel/task/stat.ts';
import { type TaskStatus, threadStatus } from '../kernel/task/status.ts';
import type { SweptThread } from '../model/task-sweep.ts';

export const FILES_A_THREAD = 4;

export class OpenThread {
  /** Whether it keeps files open between passes. */
  readonly staysOpen: boolean;
  readonly #at: { readonly pid: number; readonly tid: number };
  readonly #stat: Held<TaskStat>;
  readonly #schedstat: Held<TaskSchedstat>;
  readonly #sched: Held<TaskSched>;
  readonly #status: Held<TaskStatus>;
  #before: { readonly files: ThreadTexts; readonly swept: SweptThread } | null = null;

  constructor(host: Host, at: { readonly pid: number; readonly tid: number }, staysOpen: boolean) {
    const open = <T, Path extends string>(reader: RecordReader<T, Path>, fill: Fill<Path>): Held<T> =>
      staysOpen ? host.hold(reader, fill) : host.reread(reader, fill);
    this.staysOpen = staysOpen;
    this.#at = at;
    this.#stat = open(threadStat, at);
    this.#schedstat = open(threadSchedstat, at);
    this.#sched = open(threadSched, at);
    this.#status = open(threadStatus, at);
  }

  /** The only thread of its process, at the last reading. */
  get isAlone(): boolean {
    return this.#before?.files.stat.threads === 1;
  }

  /** The same object for as long as nothing of it changes; null where it has ended. */
  read(): SweptThread | null {
    const stat = this.#stat.read();
    if (isMissing(stat)) return null;
    const schedstat = this.#schedstat.read();
    const sched = this.#slept(stat, schedstat) ?? this.#sched.read();
    const files = { stat, schedstat, sched, status: this.#status.read() };
    if (this.#before === null || !isSame(this.#before.files, files)) {
      this.#before = { files, swept: sweptThread(this.#at, files) };
    }
    return this.#before.swept;
  }

  /**
   * What its sched file said at the last pass, where it says the same now; null where it must be read. It counts moves
   * and switches, and of a thread that was not put on a CPU since and is not about to be, neither can have changed
   * (set_task_cpu is called for tasks that are woken or queued, kernel/sched/core.c). The text itself is another each
   * time: it ends with a measurement of the clock.
   */
  #slept(stat: TaskStat, schedstat: Maybe<TaskSchedstat>): Maybe<TaskSched> | null {
    if (this.#before === null || stat.state === 'R') return null;
    const { files } = this.#before;
    return files.schedstat === schedstat && !isMissing(schedstat) ? files.sched : null;
  }

  close(): void {
    for (const file of [this.#stat, this.#schedstat, this.#sched, this.#status]) file.close();
  }
}

interface ThreadTexts {
  readonly stat: TaskStat;
  readonly schedstat: Maybe<TaskSchedstat>;
  readonly sched: Maybe<TaskSched>;
  readonly status: Maybe<TaskStatus>;
}

function isSame(a: ThreadTexts, b: ThreadTexts): boolean {
  return a.stat === b.stat && a.schedstat === b.schedstat && a.sched === b.sched && a.status === b.status;
}

function sweptThread(
  { pid, tid }: { readonly pid: number; readonly tid: number },
  { stat, schedstat, sched, status }: ThreadTexts,
): SweptThread {
  return {
    tid,
    tgid: pid,
    comm: stat.comm,
    state: stat.state,
    flags: stat.flags,
    policy: stat.policy,
    nice: stat.nice,
    realtimePriority: stat.realtimePriority,
    cpu: stat.cpu,
    startNs: stat.startNs,
    startTicks: stat.startTicks,
    userNs: stat.userNs,
    systemNs: stat.systemNs,
    runTimeNs: mapMaybe(schedstat, (one) => one.runTimeNs),
    runDelayNs: mapMaybe(schedstat, (one) => one.runDelayNs),
    timeslices: mapMaybe(schedstat, (one) => one.timeslices),
    voluntarySwitches: written(status, (one) => one.voluntarySwitches, 'voluntary_ctxt_switches'),
    involuntarySwitches: written(status, (one) => one.involuntarySwitches, 'nonvoluntary_ctxt_switches'),
    minorFaults: stat.minorFaults,
    majorFaults: stat.majorFaults,
    migrations: written(sched, (one) => one.migrations, 'se.nr_migrations'),
    affinity: mapMaybe(status, (one) => one.affinity),
    memory: written(status, memoryOf, 'RssAnon'),
  };
}

function written<A, B>(reading: Maybe<A>, pick: (reading: A) => B | null, name: string): Maybe<B> {
  return mapMaybe(reading, (value) => pick(value) ?? missing('absent', name)) as Maybe<B>;
}

function memoryOf(status: TaskStatus): TaskMemory | null {
  const { anonymousBytes, fileBytes, sharedBytes, swapBytes } = status;
  if (anonymousBytes === null || fileBytes === null || sharedBytes === null || swapBytes === null)
    return null;
  return { anonymousBytes, fileBytes, sharedBytes, swapBytes };
}
