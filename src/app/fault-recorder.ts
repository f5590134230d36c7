/** Watches the page faults of a target and explains each within some milliseconds: for what is shown as it happens. */
import { isMissing, type Maybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import type { PageNodes } from '../model/faults/page-nodes.ts';
import type { FaultMeasurement } from '../model/faults/recording.ts';
import type { FaultTables } from '../model/faults/tables.ts';
import type { FaultRole } from '../perf/fault-samples.ts';
import { TimeBase } from '../perf/time-base.ts';
import type { Clock } from './clock.ts';
import { FaultExplainer, type TracedFault } from './explain-faults.ts';
import type { FaultSource } from './fault-events.ts';
import { FaultStream } from './fault-stream.ts';
import { readPageNodes } from './page-nodes.ts';

/** Rings are emptied this often where nothing else is said; at 4 MiB a ring and 400,000 faults a second, a tenth of the ring is full by then. */
const DRAIN_EVERY_NS = 10e6;
/** Whether the targets still live is looked at this often. */
const CHECK_EVERY_NS = 200e6;

interface RunOptions {
  readonly durationNs: number;
  readonly signal: AbortSignal;
  readonly isLiving: () => boolean;
  /** Begins the counting. */
  readonly start: () => void;
  readonly drainEveryNs?: number | undefined;
}

export class FaultRecorder {
  readonly #source: FaultSource;
  readonly #clock: Clock;
  readonly #base: TimeBase;
  readonly #stream: FaultStream;
  readonly #nodes: Maybe<PageNodes>;

  /** @param each is told every fault as it is explained, with stacks of `tables` */
  constructor(
    host: Host,
    source: FaultSource,
    clock: Clock,
    tables: FaultTables,
    each: (fault: TracedFault) => void,
  ) {
    this.#source = source;
    this.#clock = clock;
    this.#base = new TimeBase(clock.monotonicNs());
    this.#nodes = readPageNodes(host, source.sampling);
    const explainer = new FaultExplainer(host, tables, orNull(this.#nodes));
    this.#stream = new FaultStream(this.#base, source.decoders(this.#base), {
      explainer,
      each: (fault) => each(explainer.explain(fault)),
    });
  }

  /** The time that the times of faults are counted from: CLOCK_MONOTONIC. */
  get baseNs(): bigint {
    return this.#base.baseNs;
  }

  /** Samples that came and records that found no room, so far. */
  get progress(): { readonly records: number; readonly lost: number } {
    const { samples, lost } = this.#stream;
    return { records: samples.entry + samples.minor + samples.major, lost };
  }

  /** Records until the time is over, the signal aborts, or nothing watched is living any more. */
  async run(options: RunOptions): Promise<Omit<FaultMeasurement, 'program'>> {
    const { durationNs, signal, isLiving, start, drainEveryNs = DRAIN_EVERY_NS } = options;
    const { rings } = this.#source;
    const began = this.#clock.monotonicNs();
    const cpu = process.cpuUsage();
    try {
      start();
      let checkedNs = 0;
      for (
        let atNs = 0;
        atNs < durationNs && !signal.aborted;
        atNs = Number(this.#clock.monotonicNs() - began)
      ) {
        if (atNs - checkedNs > CHECK_EVERY_NS) {
          checkedNs = atNs;
          if (!isLiving()) break;
        }
        await this.#clock.sleep(drainEveryNs, signal);
        this.#drain();
      }
      rings.disable();
      this.#drain();
      const elapsedNs = Number(this.#clock.monotonicNs() - began);
      const own = process.cpuUsage(cpu);
      return this.#measured(elapsedNs, (own.user + own.system) * 1000);
    } finally {
      rings.close();
    }
  }

  #measured(elapsedNs: number, ownCpuNs: number): Omit<FaultMeasurement, 'program'> {
    const { rings, sampling, obtainedBy } = this.#source;
    const count = (role: FaultRole) => rings.count(role);
    return {
      elapsedNs,
      counted: { entry: count('entry'), minor: count('minor'), major: count('major') },
      lost: Math.max(this.#stream.lost, Number(rings.lost ?? 0n)),
      ...unpairedOf(this.#stream),
      userOnly: sampling.excludeKernel,
      callchains: sampling.callchains,
      obtainedBy,
      withoutNodes: isMissing(this.#nodes) ? this.#nodes : null,
      ownCpuNs,
    };
  }

  #drain(): void {
    // Taken before any ring is read: what is older has arrived in all of them.
    const limit = Number(this.#clock.monotonicNs() - this.#base.baseNs);
    this.#source.rings.drain((record, name) => this.#stream.take(record, name));
    this.#stream.advance(limit);
  }
}

/** Of a begin and a completion for different addresses, each has lost its partner. */
export function unpairedOf({ pairing }: FaultStream): { unpaired: number; addressMismatches: number } {
  const { unservedEntries, orphanCompletions, addressMismatches } = pairing;
  return { unpaired: unservedEntries + orphanCompletions + 2 * addressMismatches, addressMismatches };
}
