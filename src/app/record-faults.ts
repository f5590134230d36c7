/** Records every page fault of a target with its latency, and explains it while the mappings are fresh. */
import { isMissing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { taskMaps } from '../kernel/task/maps.ts';
import { processStat } from '../kernel/task/stat.ts';
import { AddressSpace } from '../model/faults/address-space.ts';
import { causeOf } from '../model/faults/cause.ts';
import { type ExplainedFault, type FaultSummary, FaultTotals } from '../model/faults/summary.ts';
import { FaultPairing, type PairingTotals, type ServedFault } from '../perf/consumers/fault-pairing.ts';
import { FAULT_ROLES, FaultDecoder, type FaultRole, type FaultSample } from '../perf/fault-samples.ts';
import { decodeOther, type OtherRecord } from '../perf/records.ts';
import type { RingCursor } from '../perf/ring-cursor.ts';
import { TimeBase } from '../perf/time-base.ts';
import { TimeMerge } from '../perf/time-merge.ts';
import type { Clock } from './clock.ts';
import { type FaultSource, openFaultEvents } from './fault-events.ts';

/** Drains this often; at 2 MiB a ring and 400,000 faults a second, a third of the ring is full by then. */
const DRAIN_EVERY_NS = 10e6;
/** Whether the targets still live is looked at this often. */
const CHECK_EVERY_NS = 200e6;

export interface FaultRecording {
  readonly elapsedNs: number;
  readonly summary: FaultSummary;
  readonly pairing: PairingTotals;
  /** What the kernel counted: begins, minor, major. Begins equal samples and losses together. */
  readonly counted: Readonly<Record<FaultRole, bigint>>;
  /** Records that found no room in the ring. */
  readonly lost: number;
  /** Faults taken in kernel mode could not be seen. */
  readonly userOnly: boolean;
  /** CPU time of keel while it recorded. */
  readonly ownCpuNs: number;
}

export interface FaultRequest {
  /** Processes to watch; null for the whole machine. */
  readonly tgids: readonly number[] | null;
  readonly durationNs: number;
  /** Ends the recording early; what was recorded counts. */
  readonly signal: AbortSignal;
  /** Told each fault as it is explained. */
  readonly each?: (fault: ExplainedFault) => void;
}

/**
 * Records until the time is over, the signal aborts, or every target has ended.
 * @throws KeelError as openFaultEvents does
 */
export async function recordFaults(host: Host, clock: Clock, request: FaultRequest): Promise<FaultRecording> {
  const source = openFaultEvents(host, { tgids: request.tgids, callchains: false, enableOnExec: false });
  const recorder = new FaultRecorder(host, source, clock, request.each ?? null);
  return recorder.run(request.durationNs, request.signal, () => hasLiving(host, request.tgids));
}

function hasLiving(host: Host, tgids: readonly number[] | null): boolean {
  return tgids === null || tgids.some((pid) => !isMissing(host.read(processStat, { pid })));
}

type Timed = FaultSample | Exclude<OtherRecord, { kind: 'lost' }>;

export class FaultRecorder {
  readonly #host: Host;
  readonly #source: FaultSource;
  readonly #clock: Clock;
  readonly #base: TimeBase;
  readonly #decoders: Readonly<Record<FaultRole, FaultDecoder>>;
  readonly #merge = new TimeMerge<Timed>();
  readonly #pairing = new FaultPairing();
  readonly #spaces = new Map<number, AddressSpace>();
  readonly #totals = new FaultTotals();
  readonly #each: ((fault: ExplainedFault) => void) | null;
  #lost = 0;

  constructor(
    host: Host,
    source: FaultSource,
    clock: Clock,
    each: ((fault: ExplainedFault) => void) | null = null,
  ) {
    this.#host = host;
    this.#source = source;
    this.#clock = clock;
    this.#each = each;
    this.#base = new TimeBase(clock.monotonicNs());
    const decoder = (role: FaultRole) => new FaultDecoder(role, source.sampling, this.#base);
    this.#decoders = { entry: decoder('entry'), minor: decoder('minor'), major: decoder('major') };
  }

  /**
   * Records until the time is over, the signal aborts, or nothing watched is living any more.
   */
  async run(durationNs: number, signal: AbortSignal, isLiving: () => boolean): Promise<FaultRecording> {
    const { rings } = this.#source;
    const began = this.#clock.monotonicNs();
    const cpu = process.cpuUsage();
    rings.enable();
    try {
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
      }
      rings.disable();
      this.#drain();
      const elapsedNs = Number(this.#clock.monotonicNs() - began);
      const own = process.cpuUsage(cpu);
      return this.#recording(elapsedNs, (own.user + own.system) * 1000);
    } finally {
      rings.close();
    }
  }

  #recording(elapsedNs: number, ownCpuNs: number): FaultRecording {
    const { rings, sampling } = this.#source;
    const count = (role: FaultRole) => rings.count(role);
    return {
      elapsedNs,
      summary: this.#totals.summary(),
      pairing: this.#pairing.totals,
      counted: { entry: count('entry'), minor: count('minor'), major: count('major') },
      lost: this.#lost,
      userOnly: sampling.excludeKernel,
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
    if (isRole(name)) {
      this.#merge.push(this.#decoders[name].decode(record));
      return;
    }
    const other = decodeOther(record, this.#decoders.entry.layout, this.#base);
    if (other === null) return;
    if (other.kind === 'lost') this.#lost += other.records;
    else this.#merge.push(other);
  }

  #apply(event: Timed): void {
    if ('role' in event) {
      const served = this.#pairing.add(event);
      if (served !== null) this.#explain(served);
      return;
    }
    switch (event.kind) {
      case 'switch':
        this.#pairing.addSwitch(event);
        break;
      case 'mmap':
        this.#space(event.tgid).map({
          ...event,
          executable: (event.protection & PROT_EXEC) !== 0,
          shared: false,
        });
        break;
      case 'comm':
        if (event.exec) this.#spaces.set(event.tgid, new AddressSpace());
        break;
      case 'fork':
        if (event.tgid !== event.parentTgid)
          this.#spaces.set(event.tgid, this.#space(event.parentTgid).copy());
        break;
      case 'exit':
        break;
    }
  }

  #explain(served: ServedFault): void {
    const place = this.#space(served.tgid).place(served.address);
    const basePageBytes = this.#host.facts.pageBytes ?? 4096;
    const page = (address: number) => Math.floor(address / basePageBytes);
    const cause = causeOf({
      kind: served.kind,
      place,
      pageBytes: served.pageBytes,
      basePageBytes,
      sleptNs: served.sleptNs,
      errorCode: null,
      fetchesItself: served.ip !== null && page(served.ip) === page(served.address),
    });
    const fault: ExplainedFault = { ...served, place, cause };
    this.#totals.add(fault);
    this.#each?.(fault);
  }

  /** The mappings of a process, read when it is first met. */
  #space(tgid: number): AddressSpace {
    let space = this.#spaces.get(tgid);
    if (space === undefined) {
      space = new AddressSpace(orNull(this.#host.read(taskMaps, { pid: tgid })) ?? []);
      this.#spaces.set(tgid, space);
    }
    return space;
  }
}

const PROT_EXEC = 4;

function isRole(name: string | null): name is FaultRole {
  return name !== null && (FAULT_ROLES as readonly string[]).includes(name);
}
