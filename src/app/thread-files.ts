/**
 * Every thread from /proc, four files each: what the BPF iterator yields in one read, on machines without it. The files
 * stay open from pass to pass, and what did not change is not parsed again.
 */
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { OPEN_FILES, processLimits } from '../kernel/task/limits.ts';
import { processList, threadList } from '../kernel/task/lists.ts';
import type { SweptThread } from '../model/task-sweep.ts';
import { FILES_A_THREAD, OpenThread } from './open-thread.ts';

/** The kernel keeps a page or two for each open file of /proc: some 20 MB for these. */
const MOST_OPEN_FILES = 4096;

/** The threads of all processes or of some, pass after pass. Close it, or end the process. */
export class ThreadFiles {
  readonly #host: Host;
  readonly #processes = new Map<number, Map<number, OpenThread>>();
  /** How many threads more may keep their files open. */
  #room: number;

  constructor(host: Host) {
    this.#host = host;
    this.#room = Math.floor(mostOpenFiles(host) / FILES_A_THREAD);
  }

  /** By process. Threads that end while they are read are left out. */
  readAll(): SweptThread[] {
    const pids = orNull(this.#host.read(processList)) ?? [];
    this.#forgetOthers(this.#processes, new Set(pids), (threads) => this.#closeAll(threads));
    return pids.flatMap((pid) => this.readProcess(pid));
  }

  /** None where it has ended. */
  readProcess(pid: number): SweptThread[] {
    const threads = this.#processes.get(pid) ?? new Map<number, OpenThread>();
    this.#processes.set(pid, threads);
    const main = this.#read(threads, pid, pid);
    // Whoever is alone needs no list.
    const isAlone = main !== null && threads.get(pid)?.isAlone === true;
    const tids = isAlone ? [pid] : (orNull(this.#host.read(threadList, { pid })) ?? []);
    this.#forgetOthers(threads, new Set(tids), (thread) => this.#close(thread));
    return tids
      .map((tid) => (tid === pid ? main : this.#read(threads, pid, tid)))
      .filter((thread) => thread !== null);
  }

  close(): void {
    for (const threads of this.#processes.values()) this.#closeAll(threads);
    this.#processes.clear();
  }

  /** Where a known one has ended, its id may be another's by now. */
  #read(threads: Map<number, OpenThread>, pid: number, tid: number): SweptThread | null {
    const known = threads.get(tid);
    const swept = known?.read() ?? null;
    if (swept !== null) return swept;
    if (known !== undefined) this.#close(known);
    threads.delete(tid);
    const opened = new OpenThread(this.#host, { pid, tid }, this.#room > 0);
    const first = opened.read();
    if (first === null) {
      opened.close();
      return null;
    }
    if (opened.staysOpen) this.#room -= 1;
    threads.set(tid, opened);
    return first;
  }

  #forgetOthers<T>(known: Map<number, T>, still: ReadonlySet<number>, close: (one: T) => void): void {
    for (const [id, one] of known) {
      if (still.has(id)) continue;
      close(one);
      known.delete(id);
    }
  }

  #closeAll(threads: ReadonlyMap<number, OpenThread>): void {
    for (const thread of threads.values()) this.#close(thread);
  }

  #close(thread: OpenThread): void {
    thread.close();
    if (thread.staysOpen) this.#room += 1;
  }
}

/** Half of what this process may have open: the rest is for everybody else. */
function mostOpenFiles(host: Host): number {
  const limit = orNull(host.read(processLimits, { pid: 'self' }))?.get(OPEN_FILES)?.soft ?? 0n;
  return limit === 'unlimited' ? MOST_OPEN_FILES : Math.min(MOST_OPEN_FILES, Number(limit) / 2);
}
