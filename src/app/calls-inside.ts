/** Calls made by a process itself, in whichever of its threads is disturbed least; and for how long they were held. */
import type { ProcessId, ThreadId } from '../actions/controls.ts';
import type { HeldTimes } from '../actions/memory-controls.ts';
import { isGone, Refused } from '../actions/refused.ts';
import { orNull } from '../base/missing.ts';
import { MIB } from '../base/units.ts';
import type { Host } from '../host/host.ts';
import { threadList } from '../kernel/task/lists.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import { threadStat } from '../kernel/task/stat.ts';
import { type AddressRange, pieces } from '../model/address-ranges.ts';
import type { Injection } from '../native/ptrace.ts';
import { type Injections, THREAD_GONE } from './injections.ts';
import { asRefusal } from './kernel-refusals.ts';

/** Of one stop of a thread: 4 ms where the pages are there, some 20 ms where each has to be filled first. */
export const STOP_BYTES = 16 * MIB;
const STOP_CALLS = 500;
/** Nothing is brought in: some 15 ms. */
export const MARKED_BYTES = 64 * MIB;

export class CallsInside {
  readonly #host: Host;
  readonly #injections: Injections;
  #held = { sumNs: 0, longestNs: 0 };

  constructor(host: Host, injections: Injections) {
    this.#host = host;
    this.#injections = injections;
  }

  get heldTimes(): HeldTimes {
    return this.#held;
  }

  /** In whichever thread is disturbed least; in the next one where that has ended meanwhile. @throws Refused */
  make<T>(process: ProcessId, step: (injection: Injection) => T): T {
    let last = new Refused('gone', THREAD_GONE);
    for (const thread of this.#idlest(process)) {
      try {
        const injection = this.#injections.at(process, thread);
        const began = performance.now();
        try {
          return asRefusal(() => step(injection));
        } finally {
          this.#count((performance.now() - began) * 1e6);
        }
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (!isGone(error) && !isBusy(error)) throw error;
        last = error;
      }
    }
    throw last;
  }

  #count(ns: number): void {
    const { sumNs, longestNs } = this.#held;
    this.#held = { sumNs: sumNs + ns, longestNs: Math.max(longestNs, ns) };
  }

  /** Those that sleep first, and of those the one that has run least: it will hardly be missed. */
  #idlest(process: ProcessId): readonly ThreadId[] {
    const pid = process.tgid;
    const threads = (orNull(this.#host.read(threadList, { pid })) ?? []).flatMap((tid) => {
      const stat = orNull(this.#host.read(threadStat, { pid, tid }));
      if (stat === null || /[ZX]/.test(stat.state)) return [];
      const runTimeNs = orNull(this.#host.read(threadSchedstat, { pid, tid }))?.runTimeNs ?? 0n;
      return [{ tid, startTicks: stat.startTicks, isAsleep: stat.state === 'S', runTimeNs }];
    });
    return threads
      .sort(
        (a, b) =>
          Number(b.isAsleep) - Number(a.isAsleep) || Number(a.runTimeNs - b.runTimeNs) || a.tid - b.tid,
      )
      .slice(0, MOST_THREADS);
  }
}

const MOST_THREADS = 20;

/** Another thread may do. */
function isBusy(error: Refused): boolean {
  return error.reason === 'unsupported' && error.cause === undefined;
}

/** So many at once that a stop stays short. */
export function* batches(
  ranges: readonly AddressRange[],
  mostBytes: number,
): Generator<readonly AddressRange[]> {
  let batch: AddressRange[] = [];
  let bytes = 0;
  for (const piece of pieces(ranges, mostBytes)) {
    if (batch.length === STOP_CALLS || bytes + piece.bytes > mostBytes) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(piece);
    bytes += piece.bytes;
  }
  if (batch.length > 0) yield batch;
}
