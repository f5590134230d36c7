/** Counts in the kernel how long threads waited for a CPU, from the moment it is opened. */
import { decodeFixedText } from '../base/fixed-text.ts';
import { isMissing, type Maybe } from '../base/missing.ts';
import type { Latency } from '../bpf/latency.ts';
import { type BuiltRunDelay, type RunDelayOptions, runDelay } from '../bpf/programs/run-delay.ts';
import type { Host } from '../host/host.ts';
import { type LoadedProgram, loadBpf } from './load-bpf.ts';
import { attachTracepoints, readOwnCounters, readQueue, readTable } from './run-bpf.ts';

export interface ThreadRunDelay extends Latency {
  readonly tid: number;
  readonly tgid: number;
  /** After boot; with the id, the identity of the thread. */
  readonly startNs: bigint;
}

/** A wait over the limit. */
export interface SlowWait {
  readonly tid: number;
  readonly tgid: number;
  /** CLOCK_MONOTONIC when it began. */
  readonly timeNs: bigint;
  readonly delayNs: number;
  /** Its group had no quota left when it began. */
  readonly isThrottled: boolean;
  /** Who had the CPU last before the thread; null where nobody had it. */
  readonly by: { readonly tid: number; readonly tgid: number; readonly comm: string } | null;
}

export interface RunDelays {
  /** Threads that waited at least once, those that ended included. */
  readonly threads: readonly ThreadRunDelay[];
  /** Waits that are not in `threads`. */
  readonly lost: {
    /** Because there were more threads than asked for. */
    readonly full: bigint;
    /** Because their beginning was not seen: those of threads that waited at the start, and a few of the kernel's. */
    readonly unseen: bigint;
    /** Long waits that found no room in the queue. */
    readonly slow: bigint;
  };
}

export class RunDelayCounter {
  readonly #loaded: LoadedProgram<BuiltRunDelay>;

  private constructor(loaded: LoadedProgram<BuiltRunDelay>) {
    this.#loaded = loaded;
  }

  static open(host: Host, options: RunDelayOptions): Maybe<RunDelayCounter> {
    const loaded = loadBpf(host, runDelay, options);
    if (isMissing(loaded)) return loaded;
    attachTracepoints(loaded);
    return new RunDelayCounter(loaded);
  }

  /** All since it was opened. Counting goes on meanwhile: one wait may be in the count and not yet in the sum. */
  read(): RunDelays {
    const { delays, lost } = this.#loaded.built;
    return { threads: readTable(this.#loaded, delays), lost: readOwnCounters(this.#loaded, lost) };
  }

  /** Those over the limit since the last call, in the order of their ends. */
  takeSlow(): SlowWait[] {
    return readQueue(this.#loaded, this.#loaded.built.slow).map((wait) => ({
      tid: wait.tid,
      tgid: wait.tgid,
      timeNs: wait.timeNs,
      delayNs: Number(wait.delayNs),
      isThrottled: wait.throttled !== 0n,
      by: wait.byTid === 0 ? null : { tid: wait.byTid, tgid: wait.byTgid, comm: nameOf(wait.byComm) },
    }));
  }

  close(): void {
    this.#loaded.close();
  }
}

function nameOf(words: readonly bigint[]): string {
  return decodeFixedText(new Uint8Array(BigUint64Array.from(words).buffer));
}
