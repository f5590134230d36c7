/** Watches one process for late moments, by the best way that this machine and user have. */
import { setFlagsFromString } from 'node:v8';
import { isMissing, type Maybe, mapMaybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { threadList } from '../kernel/task/lists.ts';
import { threadStat } from '../kernel/task/stat.ts';
import { LateAnalysis } from '../model/late/analysis.ts';
import type { LateEvent } from '../model/late/events.ts';
import { summarizeLateness } from '../model/late/summary.ts';
import type { LateMeasurement, LateSource, WatchedLate } from '../model/late/watched.ts';
import { decodeOther } from '../perf/records.ts';
import type { RingCursor } from '../perf/ring-cursor.ts';
import { TimeBase } from '../perf/time-base.ts';
import { TimeMerge } from '../perf/time-merge.ts';
import { noBpf } from './bpf-errors.ts';
import { calibrateEntryNs } from './calibrate-entry.ts';
import type { Clock } from './clock.ts';
import { LATE_LAYOUT, LateDecoder } from './decode-late-events.ts';
import type { FoundTarget } from './find-targets.ts';
import { type LateEventSource, openLateEvents } from './late-events.ts';
import { distanceLookup, openLateLookups } from './late-lookups.ts';
import { countsOf, identitiesOf, type LateReading, type OurSums, readLateCounters } from './late-readings.ts';
import { LivingTargets } from './living-targets.ts';
import { watchLateByProc } from './watch-late-by-proc.ts';

export interface LateRequest {
  readonly target: FoundTarget;
  readonly durationNs: number;
  /** Moments are at least so late. */
  readonly overNs: number;
  /** Ends the watch early; what was seen counts. */
  readonly signal: AbortSignal;
  /** Called when accounts begin: opening takes half a second. */
  readonly onStart?: () => void;
}

/** A drain costs us some 50 us whatever is in the rings; the fuller they were, the sooner the next one. */
const LEAST_PAUSE_NS = 10e6;
const MOST_PAUSE_NS = 80e6;
const FULL_RATIO = 1 / 8;
const CHECK_EVERY_NS = 200e6;
/**
 * Times begin beyond the small integers of V8 (2^31): what is compiled for those would have to be compiled once more
 * when a watch has lasted two seconds, which took a third of our CPU time.
 */
const BEYOND_SMALL_NS = 1n << 32n;
/** Faults that take less are work: a first touch of memory takes 0.5 to 2 us. */
const FAULT_OVER_NS = 3_000;
/** How a thread slept is looked at for sleeps that may matter: looking costs a microsecond. */
const LONGEST_UNSEEN_SLEEP_NS = 100_000;
const SHORTEST_SEEN_SLEEP_NS = 20_000;
/** Time for running threads to be seen before accounts begin. */
const SETTLE_NS = 30e6;

/** @throws KeelError E_GONE where the target has ended. Missing where there is no BPF */
export async function watchLateByBpf(
  host: Host,
  clock: Clock,
  request: LateRequest,
): Promise<Maybe<WatchedLate>> {
  const { target, overNs } = request;
  const { tgid, tid } = target;
  // Compiling takes more of our CPU time than the events: smaller units of it a third less of that.
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=200');
  const lookups = openLateLookups(host, clock, tgid);
  const base = new TimeBase(clock.monotonicNs() - BEYOND_SMALL_NS);
  const stackOverNs = Math.min(LONGEST_UNSEEN_SLEEP_NS, Math.max(SHORTEST_SEEN_SLEEP_NS, overNs / 4));
  const distance = distanceLookup(host);
  const entryNs = calibrateEntryNs(host);
  if (isMissing(entryNs)) return entryNs;
  const source = openLateEvents(host, { tgid, tid, stackOverNs, faultOverNs: FAULT_OVER_NS });
  if (isMissing(source)) return source;
  try {
    const options = { tgid, tid, startNs: 0, overNs, entryNs, distance };
    const watch = new LateWatch(
      host,
      clock,
      source,
      base,
      new LateDecoder(base, lookups),
      new LateAnalysis(options),
      entryNs,
    );
    return await watch.run(request);
  } finally {
    source[Symbol.dispose]();
  }
}

class LateWatch {
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #source: LateEventSource;
  readonly #base: TimeBase;
  readonly #decoder: LateDecoder;
  readonly #analysis: LateAnalysis;
  readonly #entryNs: number;
  readonly #merge = new TimeMerge<LateEvent>((event) => event.timeNs);
  #lost = 0;

  constructor(
    host: Host,
    clock: Clock,
    source: LateEventSource,
    base: TimeBase,
    decoder: LateDecoder,
    analysis: LateAnalysis,
    entryNs: number,
  ) {
    this.#entryNs = entryNs;
    this.#host = host;
    this.#clock = clock;
    this.#source = source;
    this.#base = base;
    this.#decoder = decoder;
    this.#analysis = analysis;
  }

  async run(request: LateRequest): Promise<WatchedLate> {
    const { target, signal } = request;
    const cpu = process.cpuUsage();
    await this.#clock.sleep(SETTLE_NS, signal);
    this.#drain(this.#nowNs());
    this.#expectThreads(target);
    const countsBefore = this.#source.counts();
    const before = readLateCounters(this.#host, this.#clock, target.tgid, target.tid);
    const startNs = Number(before.monotonicNs - this.#base.baseNs);
    const startedUnixMs = this.#clock.unixMs();
    this.#analysis.countFrom(startNs);
    const switchesBefore = this.#switches();
    request.onStart?.();
    const ended = await this.#watch(request, startNs);
    const after = readLateCounters(this.#host, this.#clock, target.tgid, target.tid);
    const endNs = Number(after.monotonicNs - this.#base.baseNs);
    const counts = this.#source.counts();
    this.#source.detach();
    this.#drain(endNs);
    const switches = this.#switches();
    this.#analysis.finish(endNs);
    const own = process.cpuUsage(cpu);
    const ours = this.#ourSums(before, after, switches, switchesBefore, {
      minorFaults: Number(counts.minorFaults - countsBefore.minorFaults),
      majorFaults: Number(counts.majorFaults - countsBefore.majorFaults),
    });
    const measurement: LateMeasurement = {
      target: { tgid: target.tgid, tid: target.tid, comm: target.comm },
      startedUnixMs,
      startedNs: before.monotonicNs,
      elapsedNs: endNs - startNs,
      overNs: request.overNs,
      obtainedBy: 'bpf',
      because: null,
      events: this.#analysis.events,
      lost: this.#lost,
      ...this.#analysis.healed,
      incomplete: this.#incomplete(before, after, switches, switchesBefore),
      entryNs: this.#entryNs,
      shortFaults: Number(counts.shortFaults - countsBefore.shortFaults),
      shortFaultNs: Number(counts.shortFaultNs - countsBefore.shortFaultNs),
      identities: identitiesOf(before, after, ours),
      counts: countsOf(before, after, ours),
      ownCpuNs: (own.user + own.system) * 1000,
      ended,
    };
    return { ...measurement, summary: summarizeLateness(this.#analysis, startNs, request.overNs) };
  }

  /** @returns whether the target ended */
  async #watch({ target, durationNs, signal }: LateRequest, startNs: number): Promise<boolean> {
    const living = new LivingTargets(this.#host, [target]);
    let checkedNs = startNs;
    let pauseNs = LEAST_PAUSE_NS;
    for (let nowNs = startNs; nowNs - startNs < durationNs && !signal.aborted; nowNs = this.#nowNs()) {
      if (nowNs - checkedNs > CHECK_EVERY_NS) {
        checkedNs = nowNs;
        if (!living.some()) return true;
      }
      await this.#clock.sleep(Math.min(pauseNs, startNs + durationNs - nowNs), signal);
      const fullest = this.#drain(this.#nowNs());
      pauseNs = fullest > FULL_RATIO ? pauseNs / 2 : pauseNs * 2;
      pauseNs = Math.min(Math.max(pauseNs, LEAST_PAUSE_NS), MOST_PAUSE_NS);
    }
    return !living.some();
  }

  #nowNs(): number {
    return Number(this.#clock.monotonicNs() - this.#base.baseNs);
  }

  /**
   * @param limitNs taken before any ring is read: what is older has arrived in all of them
   * @returns the share of the fullest ring that was in use
   */
  #drain(limitNs: number): number {
    const { fullestRatio } = this.#source.rings.drain((record, name) => this.#take(record, name));
    for (const event of this.#merge.takeUntil(limitNs)) this.#analysis.add(event);
    return fullestRatio;
  }

  #take(record: RingCursor, name: string | null): void {
    if (name !== null) {
      const event = this.#decoder.decode(record);
      if (event !== null) this.#merge.push(event);
      return;
    }
    const other = decodeOther(record, LATE_LAYOUT, this.#base);
    if (other?.kind === 'lost') this.#lost += other.records;
  }

  #expectThreads({ tgid, tid }: FoundTarget): void {
    const tids = tid === null ? (orNull(this.#host.read(threadList, { pid: tgid })) ?? []) : [tid];
    for (const one of tids) {
      const comm = orNull(
        mapMaybe(this.#host.read(threadStat, { pid: tgid, tid: one }), (stat) => stat.comm),
      );
      if (comm !== null) this.#analysis.expect({ tid: one, tgid, comm });
    }
  }

  #switches(): ReadonlyMap<number, number> {
    return new Map(this.#analysis.ledgers.map((one) => [one.tid, one.states.counts.switches]));
  }

  #ourSums(
    before: LateReading,
    after: LateReading,
    switches: ReadonlyMap<number, number>,
    switchesBefore: ReadonlyMap<number, number>,
    faults: { readonly minorFaults: number; readonly majorFaults: number },
  ): OurSums {
    const common = this.#analysis.ledgers.filter(
      ({ tid }) => before.threads.has(tid) && after.threads.has(tid),
    );
    const sum = (of: (one: (typeof common)[number]) => number) =>
      common.reduce((total, one) => total + of(one), 0);
    return {
      queuedNs: sum((one) => one.queuedNs),
      onCpuNs: sum((one) => one.onCpuNs),
      throttledNs: this.#analysis.throttledNs,
      stolenNs: this.#analysis.stolenNs,
      switches: sum(({ tid }) => (switches.get(tid) ?? 0) - (switchesBefore.get(tid) ?? 0)),
      ...faults,
    };
  }

  /** A switch or two may fall between a reading and the begin of the accounts. */
  #incomplete(
    before: LateReading,
    after: LateReading,
    switches: ReadonlyMap<number, number>,
    switchesBefore: ReadonlyMap<number, number>,
  ): LateMeasurement['incomplete'] {
    return [...before.threads].flatMap(([tid, reading]) => {
      const kernel = mapMaybe(reading.switches, (from) =>
        mapMaybe(after.threads.get(tid)?.switches ?? from, (to) => Number(to - from)),
      );
      const seen = (switches.get(tid) ?? 0) - (switchesBefore.get(tid) ?? 0);
      const missing = isMissing(kernel) ? 0 : kernel - seen;
      if (missing <= Math.max(2, seen / 1000)) return [];
      return [{ tid, comm: this.#analysis.nameOf(tid).comm, missing }];
    });
  }
}

/**
 * By events where possible, else by counters.
 * @param only the one way to take
 * @throws KeelError E_GONE where the target has ended; where BPF was asked for and is not to be had, as noBpf
 */
export async function watchLate(
  host: Host,
  clock: Clock,
  request: LateRequest,
  only?: LateSource,
): Promise<WatchedLate> {
  if (only === 'proc') return watchLateByProc(host, clock, request, null);
  const watched = await watchLateByBpf(host, clock, request);
  if (!isMissing(watched)) return watched;
  if (only === 'bpf') throw noBpf(watched);
  return watchLateByProc(host, clock, request, watched);
}
