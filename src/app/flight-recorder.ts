/**
 * The flight recorder: late moments and slow page faults of the recorded processes, one by one, handed on with the next
 * frame. What cannot be had is told once, as an event too, and the frames go on without it.
 */
import { KeelError } from '../base/errors.ts';
import type { Sentence } from '../base/sentence.ts';
import type { HistoryEvent } from '../history/events.ts';
import type { Host } from '../host/host.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import type { Clock } from './clock.ts';
import type { FoundTarget } from './find-targets.ts';
import { type FollowedFault, followFaults } from './follow-faults.ts';
import { lateMomentEvent } from './late-moment-events.ts';
import { type RecordedMoment, recordLate } from './record-late.ts';
import { slowFaultEvent } from './slow-fault-events.ts';

export interface FlightPlan {
  readonly targets: readonly FoundTarget[];
  /** Page faults that held a thread so long. */
  readonly slowOverNs: number;
  /** Moments in which a thread was late by so much. */
  readonly lateOverNs: number;
}

/** Of one interval and kind, the worst: a storm grows neither our memory nor the file. */
export const MOST_OF_INTERVAL = 100;
/** Each process has programs of its own in the kernel, and rings. */
const MOST_PROCESSES = 4;
/** Slow faults are few: a small ring a CPU, emptied seldom. */
const FAULT_RING_BYTES = 256 * 1024;
const FAULT_PACE = { drainEveryNs: 250e6, batchEveryNs: 500e6 };

interface FoundMoment {
  readonly moment: RecordedMoment;
  readonly tgid: number;
}

const REFUSED = {
  faults: { en: 'single slow faults are not recorded', ko: '느린 폴트를 하나씩 기록하지 않습니다' },
  late: { en: 'late moments are not recorded', ko: '늦은 순간을 기록하지 않습니다' },
} as const satisfies Readonly<Record<string, Sentence>>;

const TOO_MANY: Sentence = {
  en: `more than ${MOST_PROCESSES} processes`,
  ko: `프로세스가 ${MOST_PROCESSES}개보다 많습니다`,
};

export class FlightRecorder {
  readonly #stop = new AbortController();
  readonly #running: readonly Promise<void>[];
  readonly #moments = new Worst<FoundMoment>(({ moment }) => moment.lateNs);
  readonly #faults = new Worst<FollowedFault>(({ latencyNs }) => latencyNs);
  readonly #refusals: Sentence[] = [];

  constructor(host: Host, clock: Clock, plan: FlightPlan) {
    const { targets, lateOverNs } = plan;
    const late =
      targets.length > MOST_PROCESSES
        ? [this.#telling(REFUSED.late, async () => TOO_MANY)]
        : targets.map((target) =>
            this.#telling(REFUSED.late, () => this.#recordLate(host, clock, target, lateOverNs)),
          );
    this.#running = [this.#telling(REFUSED.faults, () => this.#followFaults(host, clock, plan)), ...late];
    // What is unexpected is thrown where it is stopped: until then the frames go on.
    for (const one of this.#running) one.catch(() => {});
  }

  /**
   * What came since the last call, the worst of each kind.
   * @param frame the one after it: its two clocks tell when it was
   */
  take({ monotonicNs, unixMs }: WatchFrame): readonly HistoryEvent[] {
    const [moments, faults, refusals] = [this.#moments.take(), this.#faults.take(), this.#refusals.splice(0)];
    if (unixMs === null) return [];
    const timeOf = (ns: bigint) => unixMs - Number(monotonicNs - ns) / 1e6;
    return [
      ...refusals.map((text) => refusalEvent(text, unixMs)),
      ...moments.map(({ moment, tgid }) => lateMomentEvent(moment, tgid, timeOf(moment.monotonicNs))),
      ...faults.map((fault) => slowFaultEvent(fault, timeOf(fault.monotonicNs))),
    ].sort((a, b) => a.unixMs - b.unixMs);
  }

  /** @throws what was unexpected */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  async #followFaults(host: Host, clock: Clock, { targets, slowOverNs }: FlightPlan): Promise<null> {
    const request = {
      targets,
      filter: { overNs: slowOverNs, majorOnly: false },
      durationNs: Number.POSITIVE_INFINITY,
      signal: this.#stop.signal,
      only: 'bpf' as const,
      ringBytes: FAULT_RING_BYTES,
      callchains: true,
      pace: FAULT_PACE,
    };
    // What the processes start is watched with them; it is not what is recorded.
    const tgids = new Set(targets.map(({ tgid }) => tgid));
    for await (const step of followFaults(host, clock, request)) {
      if (step.kind !== 'batch') continue;
      for (const fault of step.faults) if (tgids.has(fault.tgid)) this.#faults.add(fault);
    }
    return null;
  }

  async #recordLate(host: Host, clock: Clock, target: FoundTarget, overNs: number): Promise<Sentence | null> {
    const tell = (moment: RecordedMoment) => this.#moments.add({ moment, tgid: target.tgid });
    const refused = await recordLate(host, clock, { target, overNs, signal: this.#stop.signal, tell });
    if (refused === null) return null;
    const why = refused.detail ?? `${refused.path}: ${refused.missing}`;
    return { en: why, ko: why };
  }

  /** That the target ended is no refusal: the frames tell it. */
  async #telling(what: Sentence, work: () => Promise<Sentence | null>): Promise<void> {
    try {
      const why = await work();
      if (why !== null) this.#refuse(what, why);
    } catch (error) {
      if (!(error instanceof KeelError)) throw error;
      if (error.code !== 'E_GONE') this.#refuse(what, error.parts.what);
    }
  }

  #refuse(what: Sentence, why: Sentence): void {
    this.#refusals.push({ en: `${what.en}: ${why.en}`, ko: `${what.ko}: ${why.ko}` });
  }
}

/** The heaviest of what comes. */
class Worst<T> {
  readonly #weight: (one: T) => number;
  #kept: T[] = [];

  constructor(weight: (one: T) => number) {
    this.#weight = weight;
  }

  add(one: T): void {
    this.#kept.push(one);
    if (this.#kept.length >= 10 * MOST_OF_INTERVAL) this.#trim();
  }

  take(): readonly T[] {
    this.#trim();
    return this.#kept.splice(0);
  }

  #trim(): void {
    if (this.#kept.length <= MOST_OF_INTERVAL) return;
    this.#kept = this.#kept.sort((a, b) => this.#weight(b) - this.#weight(a)).slice(0, MOST_OF_INTERVAL);
  }
}

function refusalEvent(text: Sentence, unixMs: number): HistoryEvent {
  return { unixMs, kind: 'trouble', tgid: null, tid: null, weight: 0, text };
}
