/** Counts in the kernel how long page faults held threads, from the moment it is opened. */
import { isMissing, type Maybe } from '../base/missing.ts';
import type { Latency } from '../bpf/latency.ts';
import {
  type BuiltFaultLatency,
  type FaultLatencyOptions,
  faultLatency,
} from '../bpf/programs/fault-latency.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { type LoadedProgram, loadBpf } from './load-bpf.ts';
import { attachPerfEvents, readOwnCounters, readQueue, readTable } from './run-bpf.ts';

export interface ThreadFaults {
  readonly tid: number;
  readonly tgid: number;
  /** After boot; with the id, the identity of the thread. */
  readonly startNs: bigint;
  /** More than completed: one is being served, or faults ended in a signal. */
  readonly begun: bigint;
  readonly minor: Latency;
  readonly major: Latency;
}

export interface SlowFault {
  readonly kind: 'minor' | 'major';
  readonly tid: number;
  readonly tgid: number;
  /** CLOCK_MONOTONIC when it began. */
  readonly timeNs: bigint;
  readonly latencyNs: number;
  readonly address: bigint;
  /** The instruction that faulted; null where this kernel does not tell. */
  readonly ip: bigint | null;
}

export interface FaultLatencies {
  /** Threads that faulted at least once, those that ended included. */
  readonly threads: readonly ThreadFaults[];
  /** Faults of threads that found no room, completions without a beginning, slow faults that found no room. */
  readonly lost: { readonly faults: bigint; readonly orphans: bigint; readonly slow: bigint };
}

export class FaultLatencyCounter {
  readonly #loaded: LoadedProgram<BuiltFaultLatency>;

  private constructor(loaded: LoadedProgram<BuiltFaultLatency>) {
    this.#loaded = loaded;
  }

  /** On the CPUs that are online now. */
  static open(host: Host, options: FaultLatencyOptions): Maybe<FaultLatencyCounter> {
    const online = host.read(cpusInState, { state: 'online' });
    if (isMissing(online)) return online;
    const loaded = loadBpf(host, faultLatency, options);
    if (isMissing(loaded)) return loaded;
    attachPerfEvents(loaded, online.ids());
    return new FaultLatencyCounter(loaded);
  }

  /** All since it was opened. */
  read(): FaultLatencies {
    const { faults, lost } = this.#loaded.built;
    const threads = readTable(this.#loaded, faults).map(({ sinceNs: _, ...thread }) => thread);
    return { threads, lost: readOwnCounters(this.#loaded, lost) };
  }

  /** Those over the limit since the last call, in the order of their completion. */
  takeSlow(): SlowFault[] {
    return readQueue(this.#loaded, this.#loaded.built.slow).map((fault) => ({
      kind: fault.major === 1 ? 'major' : 'minor',
      tid: fault.tid,
      tgid: fault.tgid,
      timeNs: fault.timeNs,
      latencyNs: Number(fault.latencyNs),
      address: fault.address,
      ip: fault.ip === 0n ? null : fault.ip,
    }));
  }

  close(): void {
    this.#loaded.close();
  }
}
