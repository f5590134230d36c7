/** Which CPUs the watched threads may use. It seldom changes, so only some are read anew each time. */
import { type Maybe, mapMaybe } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { threadStatus } from '../kernel/task/status.ts';
import { type ProcessReading, taskKey } from '../model/snapshot.ts';

/** Each costs some 20 us: with a frame a second, 0.03 % of a CPU. */
const READ_AT_ONCE = 16;

/** By thread, as a list of the kernel. */
export type Affinities = ReadonlyMap<number, Maybe<string>>;

export class AffinityWatch {
  /** By identity; those read last are at the end. */
  #known: ReadonlyMap<string, Maybe<string>> = new Map();

  /** Threads not seen before are all read; of the others, those that were read longest ago. Of a capture: all. */
  at(host: Host, processes: Iterable<ProcessReading>): Affinities {
    const threads = [...processes].flatMap((process) => process.threads);
    const alive = new Map(threads.map((thread) => [taskKey(thread.stat), thread]));
    const old = [...this.#known.keys()].filter((key) => alive.has(key));
    const fresh = [...alive.keys()].filter((key) => !this.#known.has(key));
    const most = host.kind === 'captured' ? old.length : READ_AT_ONCE;
    const anew = [...old.slice(0, most), ...fresh];
    const known = new Map(old.slice(most).map((key) => [key, this.#known.get(key) as Maybe<string>]));
    const byThread = new Map<number, Maybe<string>>();
    for (const key of anew) {
      const { tgid, tid } = alive.get(key) as (typeof threads)[number];
      known.set(
        key,
        mapMaybe(host.read(threadStatus, { pid: tgid, tid }), ({ affinity }) => affinity.toKernelList()),
      );
    }
    for (const [key, thread] of alive) byThread.set(thread.tid, known.get(key) as Maybe<string>);
    this.#known = known;
    return byThread;
  }
}
