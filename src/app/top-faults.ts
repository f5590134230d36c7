/** Who faults most, interval by interval or since the start. */
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { processCgroup } from '../kernel/task/cgroup.ts';
import { processStat } from '../kernel/task/stat.ts';
import { shownPath } from '../model/cgroup.ts';
import {
  countersBetween,
  type FaultCounters,
  placeOfKey,
  sumCounters,
  type TopOrder,
  type TopRow,
  type TopSubject,
  tgidOfKey,
  topRows,
} from '../model/faults/top.ts';
import { unitOf } from '../model/target.ts';
import type { Clock } from './clock.ts';
import type { FoundTarget } from './find-targets.ts';
import { LivingTargets } from './living-targets.ts';
import { type FaultMeter, type MeterSource, openFaultMeter } from './meter-faults.ts';

export interface TopRequest {
  /** null for the whole machine. */
  readonly targets: readonly FoundTarget[] | null;
  readonly order: TopOrder;
  readonly everyNs: number;
  readonly durationNs: number;
  /** Rows since the start instead of the last interval. */
  readonly cumulative: boolean;
  readonly signal: AbortSignal;
  readonly only?: MeterSource | undefined;
}

export interface TopInterval extends Pick<FaultMeter, 'obtainedBy' | 'because'> {
  /** The heaviest first. */
  readonly rows: readonly TopRow[];
  /** Of all rows together. */
  readonly total: FaultCounters;
  /** What the rows are over. */
  readonly elapsedNs: number;
  readonly unixMs: number;
  /** Since the start. */
  readonly lost: number;
  /** CPU time of keel since the start, and the time since then. */
  readonly ownCpuNs: number;
  readonly sinceNs: number;
  /** Targets that ended in the interval. */
  readonly ended: readonly FoundTarget[];
}

/**
 * Until the time is over, every target has ended, or the signal aborts; a last interval that was cut short by the signal counts.
 * @throws KeelError as openFaultMeter does
 */
export async function* topFaults(host: Host, clock: Clock, request: TopRequest): AsyncGenerator<TopInterval> {
  const { targets, order, durationNs, cumulative, signal, only } = request;
  const by = order === 'file' ? 'place' : 'process';
  const tgids = targets?.map((target) => target.tgid) ?? null;
  const living = new LivingTargets(host, targets);
  const meter = openFaultMeter(host, clock, { tgids, by, only });
  try {
    const cpu = process.cpuUsage();
    const beganNs = clock.monotonicNs();
    const baseline = meter.read().counters;
    let before = baseline;
    let atNs = 0;
    for (let goesOn = true; goesOn && durationNs - atNs > TIMER_BLUR_NS && !signal.aborted; ) {
      const nextNs = nextDeadline(atNs, request);
      await clock.sleep(Math.max(0, nextNs - Number(clock.monotonicNs() - beganNs)), signal);
      const sinceNs = Number(clock.monotonicNs() - beganNs);
      const { counters, lost } = meter.read();
      const grown = countersBetween(cumulative ? baseline : before, counters);
      const elapsedNs = cumulative ? sinceNs : sinceNs - atNs;
      const subjects = new Subjects(host, order);
      goesOn = living.some();
      const own = process.cpuUsage(cpu);
      yield {
        obtainedBy: meter.obtainedBy,
        because: meter.because,
        rows: topRows(grown, elapsedNs, order, (key) => subjects.of(key)),
        total: sumCounters(grown.values()),
        elapsedNs,
        unixMs: clock.unixMs(),
        lost,
        ownCpuNs: (own.user + own.system) * 1000,
        sinceNs,
        ended: living.takeEnded(),
      };
      [before, atNs] = [counters, sinceNs];
    }
  } finally {
    await meter.stop();
  }
}

/** Timers may come this much too early. */
const TIMER_BLUR_NS = 2e6;

/** The next multiple of the interval; a last part of less than half an interval is joined to the one before. */
function nextDeadline(atNs: number, { everyNs, durationNs }: TopRequest): number {
  const nextNs = (Math.floor((atNs + TIMER_BLUR_NS) / everyNs) + 1) * everyNs;
  return nextNs + everyNs / 2 > durationNs ? durationNs : nextNs;
}

const NOBODY: TopSubject = { tgid: null, comm: null, unit: null, cgroup: null, place: null, processes: 0 };
/** Processes that ended before they could be asked for their names are one row. */
const ENDED = 'ended';

/** Names, asked for once an interval: processes rename themselves, and move between groups. */
class Subjects {
  readonly #host: Host;
  readonly #order: TopOrder;

  constructor(host: Host, order: TopOrder) {
    this.#host = host;
    this.#order = order;
  }

  of(key: string): { readonly group: string; readonly subject: TopSubject } {
    if (this.#order === 'file') return { group: key, subject: { ...NOBODY, place: placeOfKey(key) } };
    const pid = tgidOfKey(key);
    const comm = orNull(this.#host.read(processStat, { pid }))?.comm ?? null;
    if (comm === null) return { group: ENDED, subject: { ...NOBODY, processes: 1 } };
    const memberships = orNull(this.#host.read(processCgroup, { pid })) ?? [];
    const [unit, cgroup] = [unitOf(memberships), shownPath(memberships)];
    if (this.#order === 'cgroup')
      return { group: `cgroup ${cgroup}`, subject: { ...NOBODY, unit, cgroup, processes: 1 } };
    return { group: key, subject: { ...NOBODY, tgid: pid, comm, unit, cgroup, processes: 1 } };
  }
}
