/** Single waits and faults of watched processes, folded in the kernel: what each frame adds to the counters of /proc. */
import { isMissing, type Maybe, mapMaybe, missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { threadList } from '../kernel/task/lists.ts';
import type { FoldedLatencies } from '../model/watch/compute-frame.ts';
import {
  addDistributions,
  type CountedLatency,
  type Distribution,
  distributionBetween,
} from '../model/watch/distribution.ts';
import { type FrameMoment, momentsOf } from '../model/watch/late-moments.ts';
import { FaultLatencyCounter, type SlowFault, type ThreadFaults } from './count-fault-latency.ts';
import { RunDelayCounter, type SlowWait, type ThreadRunDelay } from './count-run-delay.ts';

export interface LatencyWatch {
  /** What came since the last call. Of a process that is not watched: missing. */
  readonly take: (tgid: number) => FoldedLatencies;
  readonly close: () => void;
}

/** Each process has two programs of its own in the kernel, which cost a little at every switch of the machine. */
const MOST_PROCESSES = 4;
/** Each reading takes the whole table: with room for few more threads than there are, it costs little. */
const LEAST_THREADS = 256;
const MOST_THREADS = 16_384;

/**
 * Where the kernel does not let us, every value says why. Nothing is counted of a captured machine.
 * @param overNs waits and faults that held a thread so long are told one by one
 */
export function openLatencyWatch(host: Host, tgids: readonly number[], overNs: number): LatencyWatch {
  if (host.kind === 'captured') return blind(() => missing('not-captured', 'bpf'));
  if (tgids.length > MOST_PROCESSES) {
    const because = `single waits are measured of at most ${MOST_PROCESSES} processes`;
    return blind(() => missing('absent', 'bpf', because));
  }
  const watched = new Map(tgids.map((tgid) => [tgid, new ProcessLatencies(host, tgid, overNs)]));
  return {
    take: (tgid) => watched.get(tgid)?.take() ?? unknown(missing('gone', `process ${tgid}`)),
    close() {
      for (const one of watched.values()) one.close();
    },
  };
}

function blind(because: () => ReturnType<typeof missing>): LatencyWatch {
  return { take: () => unknown(because()), close() {} };
}

function unknown(because: ReturnType<typeof missing>): FoldedLatencies {
  return { runDelays: because, faultStalls: because, stallNsByThread: because, moments: because };
}

class ProcessLatencies {
  readonly #delays: Maybe<RunDelayCounter>;
  readonly #faults: Maybe<FaultLatencyCounter>;
  #delaysBefore: ReadonlyMap<string, CountedLatency> = new Map();
  #faultsBefore: ReadonlyMap<string, CountedLatency> = new Map();

  readonly #overNs: number;

  constructor(host: Host, tgid: number, overNs: number) {
    this.#overNs = overNs;
    const now = (orNull(host.read(threadList, { pid: tgid })) ?? []).length;
    const threads = Math.min(MOST_THREADS, Math.max(LEAST_THREADS, now * 4));
    this.#delays = RunDelayCounter.open(host, { tgid, threads, overNs });
    this.#faults = FaultLatencyCounter.open(host, { tgid, threads, overNs });
  }

  take(): FoldedLatencies {
    const delays = mapMaybe(this.#delays, (counter) => counter.read().threads);
    const faults = mapMaybe(this.#faults, (counter) => counter.read().threads);
    const runDelays = mapMaybe(delays, (threads) => this.#takeDelays(threads));
    const stalls = mapMaybe(faults, (threads) => this.#takeFaults(threads));
    const slowFaults = isMissing(this.#faults) ? [] : this.#faults.takeSlow();
    return {
      moments: mapMaybe(this.#delays, (counter) =>
        momentsOf([...counter.takeSlow().map(momentOfWait), ...slowFaults.map(momentOfFault)], this.#overNs),
      ),
      runDelays: mapMaybe(runDelays, (found) => addDistributions(found.values())),
      faultStalls: mapMaybe(stalls, (found) => addDistributions(found.values())),
      stallNsByThread: mapMaybe(stalls, (found) => {
        const totals = new Map<number, number>();
        for (const [tid, one] of found) totals.set(tid, one.totalNs);
        return totals;
      }),
    };
  }

  #takeDelays(threads: readonly ThreadRunDelay[]): ReadonlyMap<number, Distribution> {
    const now = new Map(threads.map((one) => [keyOf(one), one]));
    const found = new Map(
      threads.map((one) => [one.tid, distributionBetween(this.#delaysBefore.get(keyOf(one)), one)]),
    );
    this.#delaysBefore = now;
    return found;
  }

  #takeFaults(threads: readonly ThreadFaults[]): ReadonlyMap<number, Distribution> {
    const now = new Map(threads.map((one) => [keyOf(one), joined(one)]));
    const found = new Map(
      threads.map((one) => [one.tid, distributionBetween(this.#faultsBefore.get(keyOf(one)), joined(one))]),
    );
    this.#faultsBefore = now;
    return found;
  }

  close(): void {
    for (const counter of [this.#delays, this.#faults]) if (!isMissing(counter)) counter.close();
  }
}

function momentOfWait({ tid, timeNs, delayNs, isThrottled, by }: SlowWait): FrameMoment {
  const cause = isThrottled ? 'quota' : by === null ? 'unexplained' : 'behind';
  return { tid, monotonicNs: timeNs, lateNs: delayNs, cause, by: isThrottled ? null : by };
}

function momentOfFault({ tid, timeNs, latencyNs }: SlowFault): FrameMoment {
  return { tid, monotonicNs: timeNs, lateNs: latencyNs, cause: 'page-fault', by: null };
}

function keyOf({ tid, startNs }: { readonly tid: number; readonly startNs: bigint }): string {
  return `${tid}@${startNs}`;
}

function joined({ minor, major }: ThreadFaults): CountedLatency {
  return {
    events: minor.events + major.events,
    totalNs: minor.totalNs + major.totalNs,
    buckets: minor.buckets.map((count, i) => count + (major.buckets[i] ?? 0n)),
  };
}
