/** Watches one process for late moments, by the best way that this machine and user have. */
import { setFlagsFromString } from 'node:v8';
import { isMissing, type Maybe, mapMaybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { threadList } from '../kernel/task/lists.ts';
import { threadStat } from '../kernel/task/stat.ts';
import { HAND_OVER_NS } from '../model/late/accounting.ts';
import { type AnalysisOptions, LateAnalysis } from '../model/late/analysis.ts';
import type { IdentityName } from '../model/late/reconciliation.ts';
import { summarizeLateness } from '../model/late/summary.ts';
import type { LateMeasurement, LateSource, WatchedLate } from '../model/late/watched.ts';
import { TimeBase } from '../perf/time-base.ts';
import { noBpf, noRing } from './bpf-errors.ts';
import { calibrateEntryNs } from './calibrate-entry.ts';
import type { Clock } from './clock.ts';
import type { FoundTarget } from './find-targets.ts';
import type { LateFeed, OpenLateFeed } from './late-feed.ts';
import { openLateFeedByBpf } from './late-feed-by-bpf.ts';
import { openLateFeedByRing } from './late-feed-by-ring.ts';
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
export function watchLateByBpf(host: Host, clock: Clock, request: LateRequest): Promise<Maybe<WatchedLate>> {
  return watchLateByEvents(host, clock, request, openLateFeedByBpf);
}

/** @param open the way to get events. @throws KeelError E_GONE where the target has ended. Missing where it is not to be had */
export async function watchLateByEvents(
  host: Host,
  clock: Clock,
  request: LateRequest,
  open: OpenLateFeed,
): Promise<Maybe<WatchedLate>> {
  const opened = openLate(host, clock, request, open);
  if (isMissing(opened)) return opened;
  const { feed, base, options } = opened;
  try {
    return await new LateWatch(host, clock, feed, base, new LateAnalysis(options), options.entryNs).run(
      request,
    );
  } finally {
    feed[Symbol.dispose]();
  }
}

/** A feed of events, and what accounts of them are made with. */
export interface OpenedLate {
  readonly feed: LateFeed;
  /** What times of events are counted from. */
  readonly base: TimeBase;
  readonly options: AnalysisOptions;
}

/** @throws KeelError E_GONE where the target has ended. Missing where there is no such source of events */
export function openLate(
  host: Host,
  clock: Clock,
  { target, overNs }: Pick<LateRequest, 'target' | 'overNs'>,
  open: OpenLateFeed,
): Maybe<OpenedLate> {
  const { tgid, tid } = target;
  // Compiling takes more of our CPU time than the events: smaller units of it a third less of that.
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=200');
  const lookups = openLateLookups(host, clock, tgid);
  const base = new TimeBase(clock.monotonicNs() - BEYOND_SMALL_NS);
  const stackOverNs = Math.min(LONGEST_UNSEEN_SLEEP_NS, Math.max(SHORTEST_SEEN_SLEEP_NS, overNs / 4));
  const distance = distanceLookup(host);
  const entryNs = calibrateEntryNs(host, open);
  if (isMissing(entryNs)) return entryNs;
  const feed = open(
    host,
    {
      tgid,
      tid,
      stackOverNs,
      faultOverNs: FAULT_OVER_NS,
      keepUnderNs: Math.min(HAND_OVER_NS, overNs),
      keepIdleUnderNs: overNs,
    },
    base,
    lookups,
  );
  if (isMissing(feed)) return feed;
  return { feed, base, options: { tgid, tid, startNs: 0, overNs, entryNs, distance } };
}

class LateWatch {
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #feed: LateFeed;
  readonly #base: TimeBase;
  readonly #analysis: LateAnalysis;
  readonly #entryNs: number;

  constructor(
    host: Host,
    clock: Clock,
    feed: LateFeed,
    base: TimeBase,
    analysis: LateAnalysis,
    entryNs: number,
  ) {
    this.#entryNs = entryNs;
    this.#host = host;
    this.#clock = clock;
    this.#feed = feed;
    this.#base = base;
    this.#analysis = analysis;
  }

  async run(request: LateRequest): Promise<WatchedLate> {
    const { target, signal } = request;
    const cpu = process.cpuUsage();
    await this.#clock.sleep(SETTLE_NS, signal);
    this.#drain(this.#nowNs());
    expectThreads(this.#host, this.#analysis, target);
    const countsBefore = this.#feed.counts();
    const before = readLateCounters(this.#host, this.#clock, target.tgid, target.tid);
    const startNs = Number(before.monotonicNs - this.#base.baseNs);
    const startedUnixMs = this.#clock.unixMs();
    this.#analysis.countFrom(startNs);
    request.onStart?.();
    const ended = await this.#watch(request, startNs);
    const after = readLateCounters(this.#host, this.#clock, target.tgid, target.tid);
    const endNs = Number(after.monotonicNs - this.#base.baseNs);
    const tids = this.#analysis.ledgers.map((one) => one.tid);
    this.#feed.finish(endNs, tids, (event) => this.#analysis.add(event));
    const counts = this.#feed.counts();
    const switches = this.#switches();
    this.#analysis.finish(endNs);
    const own = process.cpuUsage(cpu);
    const ours = this.#ourSums(before, after, switches, {
      minorFaults: counts.minorFaults - countsBefore.minorFaults,
      majorFaults: counts.majorFaults - countsBefore.majorFaults,
    });
    const measurement: LateMeasurement = {
      target: { tgid: target.tgid, tid: target.tid, comm: target.comm },
      startedUnixMs,
      startedNs: before.monotonicNs,
      elapsedNs: endNs - startNs,
      overNs: request.overNs,
      obtainedBy: this.#feed.obtainedBy,
      because: null,
      events: this.#analysis.events,
      lost: this.#feed.lost,
      ...this.#analysis.healed,
      incomplete: this.#incomplete(before, after, switches),
      entryNs: this.#entryNs,
      shortFaults: counts.shortFaults - countsBefore.shortFaults,
      shortFaultNs: counts.shortFaultNs - countsBefore.shortFaultNs,
      identities: identitiesOf(before, after, ours).filter(({ identity }) => this.#tells(identity)),
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

  #drain(limitNs: number): number {
    return this.#feed.drain(limitNs, (event) => this.#analysis.add(event));
  }

  /** Rings tell neither quotas nor what the hypervisor takes: nothing of ours is to be compared. */
  #tells(identity: IdentityName): boolean {
    return this.#feed.obtainedBy === 'bpf' || (identity !== 'throttled-time' && identity !== 'steal');
  }

  #switches(): ReadonlyMap<number, number> {
    return new Map(this.#analysis.ledgers.map((one) => [one.tid, one.states.counts.switches]));
  }

  #ourSums(
    before: LateReading,
    after: LateReading,
    switches: ReadonlyMap<number, number>,
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
      switches: sum(({ tid }) => switches.get(tid) ?? 0),
      ...faults,
    };
  }

  /** A switch or two may fall between a reading and the begin of the accounts. */
  #incomplete(
    before: LateReading,
    after: LateReading,
    switches: ReadonlyMap<number, number>,
  ): LateMeasurement['incomplete'] {
    return [...before.threads].flatMap(([tid, reading]) => {
      const kernel = mapMaybe(reading.switches, (from) =>
        mapMaybe(after.threads.get(tid)?.switches ?? from, (to) => Number(to - from)),
      );
      const seen = switches.get(tid) ?? 0;
      const missing = isMissing(kernel) ? 0 : kernel - seen;
      if (missing <= Math.max(2, seen / 1000)) return [];
      return [{ tid, comm: this.#analysis.nameOf(tid).comm, missing }];
    });
  }
}

/** Threads that live already are accounted for, even if nothing is told of them. */
export function expectThreads(host: Host, analysis: LateAnalysis, { tgid, tid }: FoundTarget): void {
  const tids = tid === null ? (orNull(host.read(threadList, { pid: tgid })) ?? []) : [tid];
  for (const one of tids) {
    const comm = orNull(mapMaybe(host.read(threadStat, { pid: tgid, tid: one }), (stat) => stat.comm));
    if (comm !== null) analysis.expect({ tid: one, tgid, comm });
  }
}

/**
 * By events where possible, best way first, else by counters.
 * @param only the one way to take
 * @throws KeelError E_GONE where the target has ended; where a way was asked for and is not to be had, as noBpf, noRing
 */
export async function watchLate(
  host: Host,
  clock: Clock,
  request: LateRequest,
  only?: LateSource,
): Promise<WatchedLate> {
  if (only === 'proc') return watchLateByProc(host, clock, request, null);
  if (only === 'ring') return watchLateByRing(host, clock, request);
  const watched = await watchLateByBpf(host, clock, request);
  if (!isMissing(watched)) return watched;
  if (only === 'bpf') throw noBpf(watched);
  const byRing = await watchLateByEvents(host, clock, request, openLateFeedByRing);
  if (!isMissing(byRing)) return { ...byRing, because: watched };
  return watchLateByProc(host, clock, request, watched);
}

async function watchLateByRing(host: Host, clock: Clock, request: LateRequest): Promise<WatchedLate> {
  const watched = await watchLateByEvents(host, clock, request, openLateFeedByRing);
  if (isMissing(watched)) throw noRing(watched);
  return watched;
}
