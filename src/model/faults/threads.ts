/** Threads that faulted, each once, with a number. A TID that comes again in another process is another thread. */
export interface FaultThread {
  readonly tgid: number;
  readonly tid: number;
}

/** Stands for threads beyond what the table keeps. */
const OTHERS: FaultThread = { tgid: 0, tid: 0 };
/** A hostile target could start endless threads. */
const MOST_THREADS = 100_000;
/** PID_MAX_LIMIT of include/linux/threads.h: no id reaches it. */
const ID_LIMIT = 2 ** 22;
/** Threads looked up last, by the low bits of their id: a power of two. */
const RECENT = 256;

export class ThreadTable {
  readonly #threads: FaultThread[] = [OTHERS];
  readonly #ids = new Map<number, number>();
  readonly #recent = new Int32Array(RECENT);

  /** By number. */
  get threads(): readonly FaultThread[] {
    return this.#threads;
  }

  idOf(tgid: number, tid: number): number {
    const recent = tid & (RECENT - 1);
    const id = this.#recent[recent] as number;
    const thread = this.#threads[id] as FaultThread;
    if (thread.tid === tid && thread.tgid === tgid) return id;
    const found = this.#find(tgid, tid);
    this.#recent[recent] = found;
    return found;
  }

  #find(tgid: number, tid: number): number {
    const key = tgid * ID_LIMIT + tid;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#threads.length >= MOST_THREADS) return 0;
    this.#ids.set(key, this.#threads.length);
    return this.#threads.push({ tgid, tid }) - 1;
  }
}
