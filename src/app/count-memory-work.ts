/** Counts in the kernel how long work on memory held threads, from the moment it is opened. */
import { isMissing, type Maybe } from '../base/missing.ts';
import { type BuiltMemoryWork, memoryWork } from '../bpf/programs/memory-work.ts';
import type { Host } from '../host/host.ts';
import { type MemoryWork, type ProcessWork, WORK_KINDS } from '../model/waits/memory-work.ts';
import { type LoadedProgram, loadBpf } from './load-bpf.ts';
import { attachTracepoints, readTable } from './run-bpf.ts';

/** Each takes some 120 bytes. */
const THREADS = 8192;

export class MemoryWorkCounter {
  readonly #loaded: LoadedProgram<BuiltMemoryWork>;
  readonly #tgids: readonly number[];

  private constructor(loaded: LoadedProgram<BuiltMemoryWork>, tgids: readonly number[]) {
    this.#loaded = loaded;
    this.#tgids = tgids;
  }

  /** Of one process, others cost nothing but a comparison; of several, all threads are counted. */
  static open(host: Host, tgids: readonly number[]): Maybe<MemoryWorkCounter> {
    const [only, ...more] = tgids;
    const tgid = only !== undefined && more.length === 0 ? only : null;
    const loaded = loadBpf(host, memoryWork, { tgid, threads: THREADS });
    if (isMissing(loaded)) return loaded;
    attachTracepoints(loaded);
    return new MemoryWorkCounter(loaded, tgids);
  }

  /** All since it was opened. */
  read(): MemoryWork {
    const { work, kinds } = this.#loaded.built;
    const threads = readTable(this.#loaded, work);
    return new Map(
      this.#tgids.map((tgid) => {
        const own = threads.filter((thread) => thread.tgid === tgid);
        const sums = WORK_KINDS.map((kind) => {
          if (!kinds.includes(kind)) return [kind, null] as const;
          const all = own.map((thread) => ({
            totalNs: Number(thread[kind].totalNs),
            times: Number(thread[kind].times),
          }));
          return [
            kind,
            {
              totalNs: all.reduce((sum, one) => sum + one.totalNs, 0),
              times: all.reduce((sum, one) => sum + one.times, 0),
              mostOfOneNs: Math.max(0, ...all.map((one) => one.totalNs)),
            },
          ] as const;
        });
        return [tgid, Object.fromEntries(sums) as unknown as ProcessWork];
      }),
    );
  }

  close(): void {
    this.#loaded.close();
  }
}
