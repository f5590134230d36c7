/** Records every page fault of a target with its latency, and explains it while the mappings are fresh. */
import { isMissing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { processStat } from '../kernel/task/stat.ts';
import { FaultCollector } from '../model/faults/collector.ts';
import type { FaultMeasurement, FaultRecording } from '../model/faults/recording.ts';
import type { StackTables } from '../model/stacks/code-of-process.ts';
import { FaultPairing } from '../perf/consumers/fault-pairing.ts';
import type { FaultRole, FaultSample } from '../perf/fault-samples.ts';
import { decodeOther, type OtherRecord } from '../perf/records.ts';
import type { RingCursor } from '../perf/ring-cursor.ts';
import { TimeBase } from '../perf/time-base.ts';
import { TimeMerge } from '../perf/time-merge.ts';
import type { Clock } from './clock.ts';
import { FaultExplainer, type TracedFault } from './explain-faults.ts';
import { type FaultDecoders, type FaultSource, openFaultEvents } from './fault-events.ts';
import { FaultFile } from './fault-file.ts';
import type { LaunchedProgram } from './launch-program.ts';
import { resolveSymbols } from './resolve-symbols.ts';

/** Drains this often; at 2 MiB a ring and 400,000 faults a second, a third of the ring is full by then. */
const DRAIN_EVERY_NS = 10e6;
/** Whether the targets still live is looked at this often. */
const CHECK_EVERY_NS = 200e6;

export type FaultSubject =
  | { readonly kind: 'machine' }
  | { readonly kind: 'processes'; readonly tgids: readonly number[] }
  /** Recorded from its first instruction until it ends. */
  | { readonly kind: 'program'; readonly program: LaunchedProgram };

export interface FaultRequest {
  readonly subject: FaultSubject;
  /** A program that was launched is ended then. */
  readonly durationNs: number;
  /** Ends the recording early; what was recorded counts. */
  readonly signal: AbortSignal;
  /** The callers of each fault too; costs the target about 1 µs a fault. */
  readonly callchains: boolean;
  /** Every fault is kept in this file. */
  readonly out?: { readonly path: string; readonly force: boolean };
}

/**
 * Records until the time is over, the signal aborts, or every target has ended.
 * @throws KeelError as openFaultEvents and FaultFile do
 */
export async function recordFaults(host: Host, clock: Clock, request: FaultRequest): Promise<FaultRecording> {
  const { subject, out } = request;
  const collector = new FaultCollector();
  let file: FaultFile | null = null;
  try {
    if (out !== undefined) file = new FaultFile(out.path, out.force, collector.tables);
    const measured = await measure(host, clock, request, collector, file);
    const program = subject.kind === 'program' ? await subject.program.stop() : null;
    const recording = {
      ...measured,
      ...resolveSymbols(host, collector.tables.frames),
      summary: collector.summary(),
      stacks: collector.tables.stacks,
      weights: collector.weights(),
      program,
      cut: false,
    };
    file?.finish(recording);
    return recording;
  } finally {
    if (subject.kind === 'program') await subject.program.stop();
    file?.close();
  }
}

async function measure(
  host: Host,
  clock: Clock,
  { subject, callchains, durationNs, signal }: FaultRequest,
  collector: FaultCollector,
  file: FaultFile | null,
): Promise<Omit<FaultMeasurement, 'program'>> {
  const program = subject.kind === 'program' ? subject.program : null;
  const tgids = tgidsOf(subject);
  const source = openFaultEvents(host, {
    tgids,
    callchains,
    enableOnExec: program !== null,
    // With callers, samples of the BPF program cost the target twice what plain ones do (3 to 2 times its fault).
    ...(callchains ? { only: 'ring' as const } : {}),
  });
  file?.begin({
    startedUnixMs: clock.unixMs(),
    release: host.facts.release,
    arch: host.facts.arch,
    callchains,
    obtainedBy: source.obtainedBy,
  });
  const recorder = new FaultRecorder(host, source, clock, collector.tables, (fault) => {
    collector.add(fault);
    file?.add(fault);
  });
  return recorder.run({
    durationNs,
    signal: program === null ? signal : AbortSignal.any([signal, program.ended]),
    isLiving: () => program !== null || hasLiving(host, tgids),
    start: () => (program === null ? source.rings.enable() : program.start()),
    afterDrain: () => file?.flushWhenDue(clock.monotonicNs()),
  });
}

function tgidsOf(subject: FaultSubject): readonly number[] | null {
  if (subject.kind === 'machine') return null;
  return subject.kind === 'processes' ? subject.tgids : [subject.program.tgid];
}

function hasLiving(host: Host, tgids: readonly number[] | null): boolean {
  return tgids === null || tgids.some((pid) => !isMissing(host.read(processStat, { pid })));
}

interface RunOptions {
  readonly durationNs: number;
  readonly signal: AbortSignal;
  readonly isLiving: () => boolean;
  /** Begins the counting. */
  readonly start: () => void;
  /** Called every ten milliseconds or so. */
  readonly afterDrain?: () => void;
}

type Timed = FaultSample | Exclude<OtherRecord, { kind: 'lost' }>;

export class FaultRecorder {
  readonly #source: FaultSource;
  readonly #clock: Clock;
  readonly #base: TimeBase;
  readonly #decoders: FaultDecoders;
  readonly #merge = new TimeMerge<Timed>();
  readonly #pairing = new FaultPairing();
  readonly #explainer: FaultExplainer;
  readonly #each: (fault: TracedFault) => void;
  #lost = 0;
  #records = 0;

  /** @param each is told every fault as it is explained, with stacks of `tables` */
  constructor(
    host: Host,
    source: FaultSource,
    clock: Clock,
    tables: StackTables,
    each: (fault: TracedFault) => void,
  ) {
    this.#source = source;
    this.#clock = clock;
    this.#explainer = new FaultExplainer(host, tables);
    this.#each = each;
    this.#base = new TimeBase(clock.monotonicNs());
    this.#decoders = source.decoders(this.#base);
  }

  /** The time that the times of faults are counted from: CLOCK_MONOTONIC. */
  get baseNs(): bigint {
    return this.#base.baseNs;
  }

  /** Samples that came and records that found no room, so far. */
  get progress(): { readonly records: number; readonly lost: number } {
    return { records: this.#records, lost: this.#lost };
  }

  /** Records until the time is over, the signal aborts, or nothing watched is living any more. */
  async run(options: RunOptions): Promise<Omit<FaultMeasurement, 'program'>> {
    const { durationNs, signal, isLiving, start, afterDrain } = options;
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
        await this.#clock.sleep(DRAIN_EVERY_NS, signal);
        this.#drain();
        afterDrain?.();
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
    const { rings, sampling } = this.#source;
    const { unservedEntries, orphanCompletions, addressMismatches } = this.#pairing.totals;
    const count = (role: FaultRole) => rings.count(role);
    return {
      elapsedNs,
      counted: { entry: count('entry'), minor: count('minor'), major: count('major') },
      lost: this.#lost,
      unpaired: unservedEntries + orphanCompletions + addressMismatches,
      addressMismatches,
      userOnly: sampling.excludeKernel,
      callchains: sampling.callchains,
      obtainedBy: this.#source.obtainedBy,
      ownCpuNs,
    };
  }

  #drain(): void {
    // Taken before any ring is read: what is older has arrived in all of them.
    const limit = Number(this.#clock.monotonicNs() - this.#base.baseNs);
    this.#source.rings.drain((record, name) => this.#take(record, name));
    for (const event of this.#merge.takeUntil(limit)) this.#apply(event);
  }

  #take(record: RingCursor, name: string | null): void {
    const decoder = name === null ? undefined : this.#decoders.byEvent.get(name);
    if (decoder !== undefined) {
      this.#records += 1;
      this.#merge.push(decoder.decode(record));
      return;
    }
    const other = decodeOther(record, this.#decoders.layout, this.#base);
    if (other === null) return;
    if (other.kind === 'lost') this.#lost += other.records;
    else this.#merge.push(other);
  }

  #apply(event: Timed): void {
    if ('role' in event) {
      const served = this.#pairing.add(event);
      if (served !== null) this.#each(this.#explainer.explain(served));
    } else if (event.kind === 'switch') this.#pairing.addSwitch(event);
    else this.#explainer.apply(event);
  }
}
